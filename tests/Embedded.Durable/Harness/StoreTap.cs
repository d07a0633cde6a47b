using System.Diagnostics;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Holdfast.Embedded.Durable.Tests.Harness;

/// <summary>Sits between an engine and its store: counts and times calls, loses answers, cuts the line.</summary>
internal sealed class StoreTap : HttpPipelinePolicy
{
    private long _ticks;
    private int _calls;

    public int Calls => _calls;

    public TimeSpan Spent => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    /// <summary>True to let a call reach the store and to lose its answer; asked once a call.</summary>
    public Func<Request, bool>? LosesAnswer { get; set; }

    /// <summary>True to keep a call from reaching the store.</summary>
    public Func<Request, bool>? Cuts { get; set; }

    /// <summary>Awaited before a call is sent.</summary>
    public Func<Request, Task>? Before { get; set; }

    public void Reset()
    {
        Interlocked.Exchange(ref _ticks, 0);
        Interlocked.Exchange(ref _calls, 0);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (Before is { } before)
        {
            await before(message.Request);
        }

        if (Cuts?.Invoke(message.Request) == true)
        {
            throw new IOException("The line is cut.");
        }

        Interlocked.Increment(ref _calls);
        var from = Stopwatch.GetTimestamp();
        await ProcessNextAsync(message, pipeline);
        Interlocked.Add(ref _ticks, Stopwatch.GetElapsedTime(from).Ticks);
        if (LosesAnswer?.Invoke(message.Request) == true)
        {
            throw new IOException("The answer was lost.");
        }
    }
}
