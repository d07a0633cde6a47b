using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Holdfast.Tools;

/// <summary>One executable that the <c>exec</c> tool may run.</summary>
public sealed record ExecCommand
{
    /// <summary>The key of this command, by which the model calls it.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The executable: an absolute path, or a name that is looked up on PATH at start (default: the command's own name). Absolute once
    /// read.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>
    /// Regular expressions, of which each argument must match one from end to end. Matched without backtracking. Default: none, any
    /// argument goes.
    /// </summary>
    public ImmutableArray<Regex> ArgumentPatterns { get; init; } = [];
}
