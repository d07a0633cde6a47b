using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Holdfast.Models;
using Shouldly;

namespace Holdfast.Tests.Models;

/// <summary>A model that says what the test tells it to, when the test tells it to.</summary>
internal sealed class ScriptedModel : IModelProvider
{
    private readonly Channel<ModelEvent> script = Channel.CreateUnbounded<ModelEvent>();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It neither notices its cancellation nor hurries to end.</summary>
    public bool IgnoresCancellation { get; init; }

    /// <summary>Completes when the reader let go of the enumeration.</summary>
    public Task Ended => ended.Task.WaitAsync(TimeSpan.FromSeconds(10));

    public static ModelProfile Profile(string id = "m", double first = 300, double between = 60) => new()
    {
        Id = id,
        BedrockModelId = "anthropic." + id,
        FirstEventTimeout = TimeSpan.FromSeconds(first),
        BetweenEventsTimeout = TimeSpan.FromSeconds(between),
        Reasons = true,
        MaxOutputTokens = 4096,
        ContextTokens = 200_000,
    };

    public static ModelCall Call(double first = 300, double between = 60) => new(
        Profile(first: first, between: between),
        new ModelPrompt(null, [new PromptMessage(PromptRole.User, [new PromptBlock.Text("hello")])], ImmutableArray<ToolDefinition>.Empty));

    public ScriptedModel Say(params ModelEvent[] events)
    {
        foreach (var modelEvent in events)
        {
            script.Writer.TryWrite(modelEvent).ShouldBeTrue();
        }

        return this;
    }

    public ScriptedModel SayText(params string[] deltas) => Say([.. deltas.Select(delta => new ModelEvent.TextDelta(delta))]);

    public ScriptedModel Stop(string reason) => Say(new ModelEvent.Stopped(reason));

    public ScriptedModel End(Exception? failure = null)
    {
        script.Writer.TryComplete(failure);
        return this;
    }

    public async IAsyncEnumerable<ModelEvent> StreamAsync(ModelCall modelCall, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = IgnoresCancellation ? CancellationToken.None : cancellationToken;
        try
        {
            while (await script.Reader.WaitToReadAsync(token))
            {
                while (script.Reader.TryRead(out var next))
                {
                    yield return next;
                }
            }
        }
        finally
        {
            ended.TrySetResult();
        }
    }
}

/// <summary>Remembers what it heard, and lets a test wait for it.</summary>
internal sealed class RecordingSink
{
    private readonly Lock gate = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> waiters = [];
    private string text = "";
    private int heard;

    public string Text
    {
        get
        {
            lock (gate)
            {
                return text;
            }
        }
    }

    public int Heard
    {
        get
        {
            lock (gate)
            {
                return heard;
            }
        }
    }

    public void Hear(ModelEvent said) => Hear(said is ModelEvent.TextDelta delta ? delta.Text : "");

    public Task WaitForAsync(int count)
    {
        lock (gate)
        {
            if (heard >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((count, reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    private void Hear(string delta)
    {
        lock (gate)
        {
            text += delta;
            heard++;
            foreach (var (count, reached) in waiters)
            {
                if (heard >= count)
                {
                    reached.TrySetResult();
                }
            }
        }
    }
}
