using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Holdfast.Tools;

/// <summary>One executable that the <c>exec</c> tool may run.</summary>
public sealed record ExecCommand
{
    /// <summary>
    /// The executable: an absolute path, or a name that is looked up on PATH at start (default: the command's own name). Absolute once
    /// read.
    /// </summary>
    public string Path { get; set; } = "";

    /// <summary>
    /// Regular expressions, of which each argument must match one from end to end. Matched without backtracking. Default: none, any
    /// argument goes.
    /// </summary>
    public ImmutableArray<Regex> ArgumentPatterns { get; set; } = [];
}
