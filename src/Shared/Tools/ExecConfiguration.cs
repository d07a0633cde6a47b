using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;

namespace Holdfast.Tools;

/// <summary>What the <c>exec</c> tool of an agent may run, and how.</summary>
public sealed record ExecConfiguration : IValidatableObject
{
    /// <summary>By the name that the model uses. At least one; nothing else is run.</summary>
    [MinLength(1)]
    [KeyPattern(@"\A[A-Za-z0-9._+-]{1,64}\z", "a command's name has 1 to 64 letters, digits, dots, dashes, underscores or pluses")]
    public required IReadOnlyDictionary<string, ExecCommand> Commands { get; set; }

    /// <summary>
    /// After this the process and all its descendants are killed. 100 ms to 24 h and less than the turn's deadline, default 60 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How much of a command's output, standard and error together, the model sees, in bytes: less where its prompt has no room. 256 to
    /// 1 MiB, default 32 KiB.
    /// </summary>
    [Range(256, 1024 * 1024)]
    public int MaxOutputBytes { get; set; } = 32 * 1024;

    /// <summary>
    /// Variables of the app that a command inherits; of the others it sees none. Never one that holds a secret of this configuration.
    /// Default: PATH, LANG, TZ. HOME and TMPDIR always point into the working folder.
    /// </summary>
    public ImmutableArray<string> Environment { get; set; } = ["PATH", "LANG", "TZ"];

    /// <summary>
    /// Folder that holds a working folder per session; absolute. Default: <c>holdfast</c> in the machine's temporary folder.
    /// </summary>
    public string WorkRoot { get; set; } = Path.Combine(Path.GetTempPath(), "holdfast");

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Path.IsPathFullyQualified(WorkRoot))
        {
            yield return new ValidationResult("must be an absolute path", [nameof(WorkRoot)]);
        }
    }
}
