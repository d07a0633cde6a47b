using Holdfast.Delivery;
using Holdfast.Functions.Endpoints;
using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests;

/// <summary>
/// An engine whose storage failed at the wrong moment keeps an instance locked up until its host's process ends: it hears no signal and
/// does not end. Nobody who writes to its session may meet silence for that (I4).
/// </summary>
public sealed class StandInTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly SessionKey Key = SessionKey.Parse("agent:main:test:1");
    private static readonly string Locked = SessionOrchestrator.InstanceIdOf(Key.Hash);

    private readonly ManualClock _clock = new();
    private readonly SimulatedEngine _engine = new();
    private readonly MemoryBlobContainer _blobs;
    private readonly SessionDirectory _sessions;
    private readonly InboxStore _inbox;
    private readonly TranscriptReader _reader;

    public StandInTests()
    {
        _blobs = new MemoryBlobContainer(_clock);
        _sessions = new SessionDirectory(_blobs, IdSource.System);
        _inbox = new InboxStore(_blobs, _sessions, new ReceiptStore(_blobs).ExistsAsync, NullLogger<InboxStore>.Instance);
        _reader = new TranscriptReader(_blobs, new ConversationCache(1024));
        _engine.LockedUp = Locked;
        _engine.LastUpdatedAt = _clock.GetUtcNow();
    }

    [Theory]
    [InlineData(SessionStatus.Turn)]
    [InlineData(SessionStatus.Delivering)]
    [InlineData(SessionStatus.Idle)]
    public async Task InboxSweep_WhenAnInstanceCannotEvenBeEnded_AnotherTakesItsMessages(string phase)
    {
        _engine.CustomStatus = new SessionStatus(phase, "mark");
        await AcceptAsync();

        await SweepEachMinuteAsync(minutes: 20);

        _engine.Started.ShouldBe([SessionOrchestrator.StandInIdOf(Key.Hash)]);
        _engine.Starts.ShouldBe([new SessionInput(Key, EndedOrchestration: "mark", IsTerminated: false)]);
        _engine.Heard.ShouldBeGreaterThan(0, "the stand-in is signalled at each sweep, while something waits");
    }

    [Fact]
    public async Task InboxSweep_WhileTheSessionIsHeld_NobodyStandsIn()
    {
        _engine.CustomStatus = new SessionStatus(SessionStatus.Turn, "mark");
        await AcceptAsync();
        var path = TranscriptPaths.Segment((await _sessions.FindAsync(Key, None))!.SessionId, 0);
        await _blobs.CreateAppendAsync(path, new Dictionary<string, string>(), None);
        _clock.Advance(TimeSpan.FromMinutes(20));
        await _blobs.AcquireLeaseAsync(path, LeaseId.Parse("11111111-1111-1111-1111-111111111111"), TimeSpan.FromSeconds(60), None);

        await SweepEachMinuteAsync(minutes: 1);

        _engine.Started.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async Task AcceptAsync()
    {
        var now = _clock.GetUtcNow();
        var delivery = DeliveryId.Parse("test:1");
        await _inbox.AcceptAsync(
            new InboundMessage(delivery, Key, "hello", MessagePriority.User, now, new ReplyTarget.Stored(), now), None);
        _clock.Advance(TimeSpan.FromSeconds(5));
    }

    private async Task SweepEachMinuteAsync(int minutes)
    {
        var sweep = new InboxSweepFunction(
            new InboxSweeper(_inbox, _sessions, _reader, _clock), new SessionSignal(NullLogger<SessionSignal>.Instance), _clock,
            NullLogger<InboxSweepFunction>.Instance);
        for (var minute = 0; minute < minutes; minute++)
        {
            await sweep.RunAsync(null!, _engine, None);
            _clock.Advance(minutes > 1 ? TimeSpan.FromMinutes(1) : TimeSpan.Zero);
        }
    }
}
