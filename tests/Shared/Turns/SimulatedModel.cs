using System.Runtime.CompilerServices;
using System.Text.Json;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Turns;

/// <summary>One thing that a simulated model does next.</summary>
internal abstract record Act
{
    public sealed record Say(params ModelEvent[] Events) : Act;

    /// <summary>Silence, in the test's own time.</summary>
    public sealed record Wait(TimeSpan Length) : Act;

    /// <summary>Calls the test back, in the middle of the stream.</summary>
    public sealed record Call(Func<Task> Do) : Act;

    public sealed record Fail(ModelFailureKind Kind, TimeSpan? RetryAfter = null) : Act;
}

/// <summary>A model that plays one list of acts per request, in order, and keeps the requests.</summary>
internal sealed class SimulatedModel(TimeProvider clock) : IModelProvider
{
    private readonly Lock _gate = new();
    private readonly Queue<Act[]> _answers = [];
    private readonly List<ModelCall> _requests = [];
    private readonly List<ModelCall> _summaryRequests = [];

    public IReadOnlyList<ModelCall> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Simulated when no answer is left.</summary>
    public Act[] Otherwise { get; set; } = Text("the answer");

    /// <summary>Simulated for every request for a summary; those are kept apart from the turns' own.</summary>
    public Act[] Summary { get; set; } = Text("what was said before");

    public IReadOnlyList<ModelCall> SummaryRequests
    {
        get
        {
            lock (_gate)
            {
                return [.. _summaryRequests];
            }
        }
    }

    public static Act[] Text(params string[] deltas) =>
    [
        new Act.Say(ModelEvent.Started.Instance),
        .. deltas.Select(delta => new Act.Say(new ModelEvent.TextDelta(delta))),
        Stop(),
    ];

    public static Act.Say Delta(string text) => new(new ModelEvent.TextDelta(text));

    public static Act.Say Stop(string reason = "end_turn") => new(
        new ModelEvent.BlockStopped(0), new ModelEvent.Stopped(reason), new ModelEvent.Usage(new TokenCount(10, 5, 0, 0)));

    public static Act[] Tools(params (string Id, string Name, object Input)[] calls) =>
    [
        new Act.Say(ModelEvent.Started.Instance),
        .. calls.Select((call, index) => new Act.Say(
            new ModelEvent.ToolUseStarted(index, call.Id, call.Name),
            new ModelEvent.ToolUseDelta(index, JsonSerializer.Serialize(call.Input)),
            new ModelEvent.BlockStopped(index))),
        new Act.Say(new ModelEvent.Stopped("tool_use"), new ModelEvent.Usage(new TokenCount(10, 5, 0, 0))),
    ];

    public SimulatedModel Then(params Act[] acts)
    {
        lock (_gate)
        {
            _answers.Enqueue(acts);
        }

        return this;
    }

    public async IAsyncEnumerable<ModelEvent> StreamAsync(ModelCall modelCall, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Act[] acts;
        lock (_gate)
        {
            var isSummary = modelCall.Prompt.System == CompactionPrompt.System;
            (isSummary ? _summaryRequests : _requests).Add(modelCall);
            acts = isSummary ? Summary : _answers.TryDequeue(out var next) ? next : Otherwise;
        }

        foreach (var act in acts)
        {
            switch (act)
            {
                case Act.Say say:
                    foreach (var modelEvent in say.Events)
                    {
                        yield return modelEvent;
                    }

                    break;
                case Act.Wait wait:
                    await Task.Delay(wait.Length, clock, cancellationToken);
                    break;
                case Act.Call call:
                    await call.Do();
                    cancellationToken.ThrowIfCancellationRequested();
                    break;
                case Act.Fail fail:
                    throw new ModelProviderException(new ModelFailure(fail.Kind, "simulated failure", fail.RetryAfter));
            }
        }
    }
}
