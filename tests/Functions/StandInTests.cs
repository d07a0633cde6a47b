using Holdfast.Functions.Endpoints;
using Holdfast.Functions.Orchestrations;
using Holdfast.Functions.Tests.Endpoints;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
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

    private readonly EndpointFixture _app = new();

    public StandInTests()
    {
        _app.Engine.LockedUp = Locked;
        _app.Engine.LastUpdatedAt = _app.Clock.GetUtcNow();
    }

    [Theory]
    [InlineData(SessionStatus.Turn)]
    [InlineData(SessionStatus.Delivering)]
    [InlineData(SessionStatus.Idle)]
    public async Task InboxSweep_WhenAnInstanceCannotEvenBeEnded_AnotherTakesItsMessages(string phase)
    {
        _app.Engine.CustomStatus = new SessionStatus(phase, "mark");
        await AcceptAsync();

        await SweepEachMinuteAsync(minutes: 20);

        _app.Engine.Started.ShouldBe([SessionOrchestrator.StandInIdOf(Key.Hash)]);
        _app.Engine.Starts.ShouldBe([new SessionInput(Key, EndedOrchestration: "mark", IsTerminated: false)]);
        _app.Engine.Heard.ShouldBeGreaterThan(0, "the stand-in is signalled at each sweep, while something waits");
    }

    [Fact]
    public async Task InboxSweep_WhileTheSessionIsHeld_NobodyStandsIn()
    {
        _app.Engine.CustomStatus = new SessionStatus(SessionStatus.Turn, "mark");
        await AcceptAsync();
        var path = TranscriptPaths.Segment((await _app.Get<SessionDirectory>().FindAsync(Key, None))!.SessionId, 0);
        await _app.Blobs.CreateAppendAsync(path, new Dictionary<string, string>(), None);
        _app.Clock.Advance(TimeSpan.FromMinutes(20));
        await _app.Blobs.AcquireLeaseAsync(path, LeaseId.Parse("11111111-1111-1111-1111-111111111111"), TimeSpan.FromSeconds(60), None);

        await SweepEachMinuteAsync(minutes: 1);

        _app.Engine.Started.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AcceptAsync()
    {
        var now = _app.Clock.GetUtcNow();
        var delivery = DeliveryId.Parse("test:1");
        await _app.Get<InboxStore>().AcceptAsync(
            new InboundMessage(delivery, Key, "hello", MessagePriority.User, now, new ReplyTarget.Stored(), now), None);
        _app.Clock.Advance(TimeSpan.FromSeconds(5));
    }

    private async Task SweepEachMinuteAsync(int minutes)
    {
        var sweep = _app.Get<InboxSweepFunction>();
        for (var minute = 0; minute < minutes; minute++)
        {
            await sweep.RunAsync(null!, _app.Engine, None);
            _app.Clock.Advance(minutes > 1 ? TimeSpan.FromMinutes(1) : TimeSpan.Zero);
        }
    }
}
