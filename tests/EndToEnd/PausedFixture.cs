using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Shouldly;

namespace Holdfast.EndToEnd.Tests;

/// <summary>
/// One app, frozen in the middle of two streams for longer than a lease lasts. Nothing at all happens in one session meanwhile; in the
/// other somebody takes the lapsed lease and lets it go again, without a word.
/// </summary>
public sealed class PausedFixture : RunningFixture
{
    /// <summary>A quarter longer than the default lease.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(75);

    public SlackThread Quiet { get; } = SlackThread.Begin("C0QUIET");

    public SlackThread Touched { get; } = SlackThread.Begin("C0TOUCHED");

    public TurnId QuietTurn { get; private set; } = null!;

    public TurnId TouchedTurn { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Model.Play("quiet", Halting);
        Model.Play("touched", Halting);
        QuietTurn = await MentionAsync(Quiet, "quiet");
        TouchedTurn = await MentionAsync(Touched, "touched");
        await StreamsIntoAsync(Quiet);
        await StreamsIntoAsync(Touched);
        App.Pause();
        await Task.Delay(Pause);
        await TouchLeaseAsync();
        App.Resume();
        AppFixture.Bedrock.Open("awake");
    }

    /// <summary>Speaks, holds the stream until the app is awake again, and ends.</summary>
    private static BedrockScript Halting => new(
        new BedrockStep.Text("before, "), new BedrockStep.Gate("awake"), new BedrockStep.Text(
            ["and ", "after"], TimeSpan.FromSeconds(1.5)), new BedrockStep.MessageStop(), new BedrockStep.Metadata());

    private async Task TouchLeaseAsync()
    {
        var session = await AppFixture.Sessions.FindAsync(SessionKey.Parse(Touched.SessionKey()), CancellationToken.None);
        var segment = TranscriptPaths.Segment(session!.SessionId, session.ActiveSegment);
        var lease = IdSource.System.NewLeaseId();
        (await AppFixture.Blobs.AcquireLeaseAsync(segment, lease, TimeSpan.FromSeconds(15), CancellationToken.None))
            .ShouldBe(LeaseOutcome.Held);
        await AppFixture.Blobs.ReleaseLeaseAsync(segment, lease, CancellationToken.None);
    }
}
