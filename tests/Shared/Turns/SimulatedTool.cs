using System.Text.Json;
using Holdfast.Models;
using Holdfast.Tools;

namespace Holdfast.Tests.Turns;

/// <summary>A tool that does what a test says and counts how often.</summary>
internal sealed class SimulatedTool(string name, Func<ToolCall, Task<ToolOutcome>> run, bool hasSideEffects = true) : ITool
{
    private int _runs;

    public int Runs => _runs;

    public ToolDefinition Definition { get; } = new(name, "Does it.", JsonElement.Parse("""{"type":"object"}"""));

    public bool HasSideEffects => hasSideEffects;

    public TimeSpan Limit => TimeSpan.FromSeconds(30);

    public static SimulatedTool Saying(string name, string text) =>
        new(name, _ => Task.FromResult<ToolOutcome>(new ToolOutcome.Succeeded(text)));

    public Task<ToolOutcome> RunAsync(ToolCall toolCall, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        return run(toolCall);
    }
}
