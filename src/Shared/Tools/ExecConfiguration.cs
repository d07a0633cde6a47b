using System.Collections.Immutable;

namespace Holdfast.Tools;

/// <summary>What the <c>exec</c> tool of an agent may run, and how.</summary>
public sealed record ExecConfiguration
{
    /// <summary>By the name that the model uses. At least one; nothing else is run.</summary>
    public required IReadOnlyDictionary<string, ExecCommand> Commands { get; init; }

    /// <summary>
    /// After this the process and all its descendants are killed. 100 ms to 24 h and less than the turn's deadline, default 60 s.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How much of a command's output, standard and error together, the model sees, in bytes: less where its prompt has no room. 256 to
    /// 1 MiB, default 32 KiB.
    /// </summary>
    public int MaxOutputBytes { get; init; } = 32 * 1024;

    /// <summary>
    /// Variables of the app that a command inherits; of the others it sees none. Never one that holds a secret of this configuration.
    /// Default: PATH, LANG, TZ. HOME and TMPDIR always point into the working folder.
    /// </summary>
    public ImmutableArray<string> Environment { get; init; } = ["PATH", "LANG", "TZ"];

    /// <summary>
    /// Folder that holds a working folder per session; absolute. Default: <c>holdfast</c> in the machine's temporary folder.
    /// </summary>
    public string WorkRoot { get; init; } = Path.Combine(Path.GetTempPath(), "holdfast");
}
