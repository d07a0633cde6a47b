namespace Holdfast.Models;

/// <summary>
/// Hears a stream while it is read. Each event makes exactly one call, on the reading thread, in order, and none after the read has
/// returned. Both must be cheap and must not block or throw.
/// </summary>
public interface IModelStreamSink
{
    /// <summary>A piece of the answer's text, as it came.</summary>
    void OnText(string delta);

    /// <summary>The model lives: reasoning, tool calls, keep-alives.</summary>
    void OnProgress();
}
