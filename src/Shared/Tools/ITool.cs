using Holdfast.Models;

namespace Holdfast.Tools;

/// <summary>Something that a model may ask for.</summary>
public interface ITool
{
    /// <summary>What the model is told about it.</summary>
    ToolDefinition Definition { get; }

    /// <summary>
    /// True when a second run of the same call could do something twice: after a crash it is not run again, and the model reads that it was
    /// cut off.
    /// </summary>
    bool HasSideEffects { get; }

    /// <summary>The longest a call takes; past it the tool has stopped by itself.</summary>
    TimeSpan Limit { get; }

    /// <summary>Runs one call. Whatever the model got wrong, and whatever the tool could not do, is an outcome.</summary>
    /// <exception cref="OperationCanceledException">The turn was given up; nothing that the call started runs on.</exception>
    Task<ToolOutcome> RunAsync(ToolCall toolCall, CancellationToken cancellationToken);
}
