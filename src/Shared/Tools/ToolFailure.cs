namespace Holdfast.Tools;

/// <summary>Why a tool did not do what was asked.</summary>
public enum ToolFailure
{
    /// <summary>The input is not what the tool's schema says; nothing was run.</summary>
    InvalidInput = 1,

    /// <summary>It could not be started.</summary>
    NotStarted = 2,

    /// <summary>It ran and said so itself, such as by an exit code other than zero.</summary>
    Reported = 3,
}
