using Holdfast.Channels;
using Holdfast.Channels.Schedules;
using Holdfast.Delivery;
using Holdfast.Functions.Endpoints;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Transcripts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests;

/// <summary>The timers go through what is stored and configured; one bad item among it is reported and stops none of the others.</summary>
public sealed class OneBadItemTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly SessionKey[] Keys =
        [.. Enumerable.Range(0, 3).Select(number => SessionKey.Parse($"agent:main:test:{number}"))
        .OrderBy(key => key.Hash, StringComparer.Ordinal)];

    private readonly ManualClock _clock = new();
    private readonly SimulatedEngine _engine = new();
    private readonly EventIds _events = new();
    private readonly MemoryBlobContainer _blobs;
    private readonly SessionDirectory _sessions;
    private readonly ReceiptStore _receipts;
    private readonly InboxStore _inbox;
    private readonly TranscriptReader _reader;

    public OneBadItemTests()
    {
        _blobs = new MemoryBlobContainer(_clock);
        _sessions = new SessionDirectory(_blobs, IdSource.System);
        _receipts = new ReceiptStore(_blobs);
        _inbox = new InboxStore(_blobs, _sessions, _receipts.ExistsAsync, _events.For<InboxStore>());
        _reader = new TranscriptReader(_blobs, new ConversationCache(1024));

        // Each signal finds the instance of the one before it over.
        _engine.BeforeLook = () =>
        {
            _engine.Standing = null;
            return Task.CompletedTask;
        };
    }

    [Theory]
    [InlineData("first", "second", "third")]
    [InlineData("second", "first", "third")]
    [InlineData("third", "first", "second")]
    public async Task CronTick_WhenAJobFails_TheOthersRunAndItIsReported(string bad, params string[] others)
    {
        var ticker = new CronTicker(JobsOf(bad), _inbox, _receipts, _blobs, _clock, NullLogger<CronTicker>.Instance);

        await new CronTickFunction(ticker, Signal(), _events.For<CronTickFunction>()).RunAsync(null!, _engine, None);

        foreach (var name in others)
        {
            (await PendingAsync(SessionKey.Parse("agent:main:" + name))).ShouldNotBeNull();
        }

        (_engine.Starts.Count + _engine.Heard).ShouldBe(others.Length, "each is signalled");
        _events.Seen.ShouldBe([(LogLevel.Error, 2020)]);
    }

    [Fact]
    public async Task CronTick_WhenTheCallerGivesUp_IsNotTakenForABadJob()
    {
        var ticker = new CronTicker(JobsOf("first"), _inbox, _receipts, _blobs, _clock, NullLogger<CronTicker>.Instance);

        await Should.ThrowAsync<Exception>(
            () =>
                new CronTickFunction(ticker, Signal(), _events.For<CronTickFunction>())
                .RunAsync(null!, _engine, new CancellationToken(true)));

        _events.Seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task InboxSweep_WhenASessionFails_TheOthersAreSignalledAndItIsReported(int bad)
    {
        await AcceptAsync();
        await BreakAsync($"keys/{Keys[bad].Hash}.json");
        await BreakAsync(await PendingAsync(Keys[bad]));

        await SweepAsync();

        _engine.Starts.Select(start => start.SessionKey)
            .ShouldBe(Keys.Where((_, place) => place != bad).Select(key => key.Value), ignoreOrder: true);
        _events.Seen.ShouldBe([(LogLevel.Error, 1240), (LogLevel.Error, 2021)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task InboxSweep_WhenAMessageCannotBeRead_ItIsSetAsideAndShown(int bad)
    {
        await AcceptAsync();
        await BreakAsync(await PendingAsync(Keys[bad]));

        await SweepAsync();

        _engine.Starts.Select(start => start.SessionKey).ShouldBe(Keys.Select(key => key.Value), ignoreOrder: true);
        _events.Seen.ShouldBe([(LogLevel.Error, 1240)]);
        (await ShownAsync(Keys[bad])).ShouldBe((0, 1));
        (await ShownAsync(Keys[(bad + 1) % 3])).ShouldBe((1, 0));
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async Task AcceptAsync()
    {
        foreach (var key in Keys)
        {
            var now = _clock.GetUtcNow();
            var message = new InboundMessage(
                DeliveryId.Parse("test:" + key.Value), key, "hello", MessagePriority.User, now, new ReplyTarget.Stored(), now);
            await _inbox.AcceptAsync(message, None);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
    }

    private Task SweepAsync() => new InboxSweepFunction(
        new InboxSweeper(_inbox, _sessions, _reader, _clock), Signal(), _clock, _events.For<InboxSweepFunction>())
        .RunAsync(null!, _engine, None);

    private async Task<string> PendingAsync(SessionKey key)
    {
        await foreach (var item in _inbox.ListAsync(key, None))
        {
            return item.Path.Value;
        }

        throw new InvalidOperationException("Nothing is pending.");
    }

    private async Task BreakAsync(string name)
    {
        var path = BlobPath.Parse(name);
        (await _blobs.ReplaceAsync(
            path, "no json"u8.ToArray(), (await _blobs.ReadAsync(path, 0, 0, None))!.ETag,
            None)).ShouldBeOfType<BlobWriteOutcome.Written>();
    }

    /// <returns>Pending and set aside, as the session's status says.</returns>
    private async Task<(int Pending, int SetAside)> ShownAsync(SessionKey key)
    {
        var shown =
            await new SessionFunction(_sessions, _inbox, _reader).StatusAsync(new DefaultHttpContext().Request, key.Value, _engine, None);
        var json = System.Text.Json.JsonSerializer.SerializeToElement(shown.ShouldBeAssignableTo<IValueHttpResult>()!.Value);
        return (json.GetProperty("pendingMessages").GetInt32(), json.GetProperty("setAside").GetInt32());
    }

    private static SessionSignal Signal() => new(NullLogger<SessionSignal>.Instance);

    /// <param name="bad">The job whose session's name makes no session key.</param>
    private static CronOptions JobsOf(string bad) => new(
        [.. new[] { "first", "second", "third" }.Select(name => new CronJobConfiguration
        {
            Name = name,
            Schedule = new Schedule.At(DateTimeOffset.UnixEpoch),
            Agent = "main",
            Message = "do it",
            SessionKey = name == bad ? "no key" : name,
            Deliver = new DeliveryTarget.None(),
        })],
        PunctualWithin: TimeSpan.FromMinutes(5));

    /// <summary>The event ids that were logged, in order.</summary>
    private sealed class EventIds
    {
        public List<(LogLevel Level, int Id)> Seen { get; } = [];

        public ILogger<T> For<T>() => new Log<T>(Seen);

        private sealed class Log<T>(List<(LogLevel Level, int Id)> seen) : ILogger<T>
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            void ILogger.Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                seen.Add((logLevel, eventId.Id));
        }
    }
}
