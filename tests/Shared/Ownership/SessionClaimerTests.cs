using Holdfast.Ownership;
using Holdfast.Storage;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Ownership;

public sealed class SessionClaimerTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public void ClaimAsync_WhenRepeated_RaisesEpochAlwaysAndAttemptPerRun() => TurnRig.Run(async rig =>
    {
        var seen = new List<(int, long)>();
        foreach (var name in new[] { "a", "a", "b", "a" })
        {
            using var transcript = await rig.TakeOverAsync(name);
            seen.Add((transcript.Identity.Attempt, transcript.Identity.Epoch));
        }

        seen.ShouldBe([(1, 1L), (2, 2L), (1, 3L), (1, 4L)]);
    });

    [Fact]
    public void S19_WhenAnotherHoldsTheLease_WaitsNoLongerThanAllowedAndChangesNothing() => TurnRig.Run(async rig =>
    {
        using var holder = await rig.Start().ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session);
        var (since, before) = (rig.Clock.GetUtcNow(), rig.Claim());

        (await rig.Start().Claimer.ClaimAsync(TurnRig.RunOf("b"), TurnRig.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Busy>();

        (rig.Clock.GetUtcNow() - since).ShouldBeInRange(rig.Leases.ClaimWait, rig.Leases.ClaimWait + rig.Leases.PollEvery);
        rig.Claim().ShouldBe(before);
    });

    [Theory]
    [InlineData("a", 0)]
    [InlineData("b", 61)]
    public void S23_WhenTheClaimerDiesBetweenLeaseAndMetadata_TheNextGetsInWithinTheLease(string next, int withinSeconds) => TurnRig.Run(async rig =>
    {
        rig.Leases.ClaimWait = TimeSpan.FromSeconds(70);
        using (await rig.Start().ClaimAsync(TurnRig.RunOf("z"), TurnRig.Session))
        {
            await rig.Outside.BreakLeaseAsync(TurnRig.Segment, None);
        }

        var tap = new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.SetMetadata ? TapAction.CrashBefore : TapAction.Pass };
        await Should.ThrowAsync<CrashException>(() => rig.Start(tap).ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session));
        var since = rig.Clock.GetUtcNow();

        using var transcript = await rig.Start().ClaimAsync(TurnRig.RunOf(next), TurnRig.Session);

        (rig.Clock.GetUtcNow() - since).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(withinSeconds));
        transcript.Identity.Epoch.ShouldBe(2);
    });

    [Theory]
    [InlineData(BlobVerb.SetMetadata)]
    [InlineData(BlobVerb.Append)]
    public void S25_WhenPausedInTheMiddle_TheLateWriteIsRefusedAndNothingOfItStands(BlobVerb verb) => TurnRig.Run(async rig =>
    {
        var (thawed, frozen) = (new TaskCompletionSource(), new TaskCompletionSource());
        var tap = new BlobTap();
        tap.HoldBefore = (call, _) =>
        {
            if (call.Verb != verb || thawed.Task.IsCompleted)
            {
                return null;
            }

            frozen.TrySetResult();
            return thawed.Task;
        };
        var slow = SlowAsync(rig.Start(tap));
        await frozen.Task;
        await rig.PassAsync(TimeSpan.FromSeconds(90));
        using var other = await rig.Start().ClaimAsync(TurnRig.RunOf("b"), TurnRig.Session);
        await other.AppendAsync([Lines.User(null, id: "theirs")], None);
        var before = rig.Bytes();

        thawed.SetResult();
        await slow;

        rig.Bytes().ShouldBe(before);
        rig.Claim()!.RunId.ShouldBe(TurnRig.RunOf("b").Value);
        (await other.AppendAsync([Lines.Assistant(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);
        other.LastVerdict.ShouldBeNull();

        static async Task SlowAsync(TurnProcess process)
        {
            if (await process.Claimer.ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session, 0, None) is ClaimOutcome.Claimed claimed)
            {
                (await claimed.Transcript.AppendAsync([Lines.User(null, id: "late")], None)).ShouldBeOfType<FencedOutcome.TakenOver>();
            }
        }
    });

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "b")]
    public void ClaimAsync_WhenTwoRace_EveryOrderGivesOneOwner(string first, string second)
    {
        // Each bit says whose call goes next; what is left of either goes after.
        for (var order = 0; order < 1 << 10; order++)
        {
            var schedule = order;
            TurnRig.Run(async rig =>
            {
                rig.Leases.ClaimWait = TimeSpan.Zero;
                var turnstile = new Turnstile(schedule);
                var claims = await Task.WhenAll(turnstile.RunAsync(rig, 0, first), turnstile.RunAsync(rig, 1, second));

                var owners = claims.OfType<ClaimOutcome.Claimed>().Select(claim => claim.Transcript).ToArray();
                owners.ShouldNotBeEmpty();
                owners.Select(owner => owner.Identity.Epoch).Distinct().Count().ShouldBe(owners.Length, "no epoch is given twice");
                rig.Claim()!.Epoch.ShouldBe(owners.Max(owner => owner.Identity.Epoch));
                var appended = 0;
                foreach (var owner in owners)
                {
                    appended += await owner.AppendAsync([Lines.Custom(null)], None) is FencedOutcome.Appended ? 1 : 0;
                }

                appended.ShouldBe(1, "one owner");
            });
        }
    }

    [Fact]
    public void ClaimAsync_WhenTheSegmentIsAnotherSessions_IsUnreadableAndLetsTheLeaseGo() => TurnRig.Run(async rig =>
    {
        await rig.Outside.CreateAppendAsync(TurnRig.Segment, new Dictionary<string, string> { ["x"] = "y" }, None);

        (await rig.Start().Claimer.ClaimAsync(TurnRig.RunOf("a"), TurnRig.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Unreadable>();
        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!.IsLeased.ShouldBeFalse();
    });

    [Fact]
    public void ClaimAsync_WhenAnotherRunCameBetween_SaysSoAndChangesNothing() => TurnRig.Run(async rig =>
    {
        var run = TurnRig.RunOf("a");
        using (var ours = await rig.Start().ClaimAsync(run, TurnRig.Session))
        {
            await ours.AppendAsync([Lines.User(null) with { Id = EntryId.OfMessage(run.Turn) }], None);
        }

        using var theirs = await rig.TakeOverAsync("b");
        await theirs.ReleaseAsync();
        var before = rig.Claim();

        var outcome = await rig.Start().Claimer.ClaimAsync(run, TurnRig.Session, 0, None);

        outcome.ShouldBeOfType<ClaimOutcome.TakenOver>().Verdict.Reason.ShouldBe(TakeoverReason.OtherRunClaimed);
        rig.Claim().ShouldBe(before);
        (await rig.Outside.ReadAsync(TurnRig.Segment, 0, 0, None))!.IsLeased.ShouldBeFalse();
    });

    /// <summary>Lets the calls of two actors through in one given order.</summary>
    private sealed class Turnstile(int order)
    {
        private readonly bool[] _isDone = new bool[2];
        private int _at;
        private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<ClaimOutcome> RunAsync(TurnRig rig, int actor, string name)
        {
            var tap = new BlobTap { HoldBefore = (_, _) => PassAsync(actor) };
            try
            {
                return await rig.Start(tap).Claimer.ClaimAsync(TurnRig.RunOf(name), TurnRig.Session, 0, None);
            }
            finally
            {
                _isDone[actor] = true;
                Move();
            }
        }

        private async Task PassAsync(int actor)
        {
            while (((order >> _at) & 1) != actor && _at < 10 && !_isDone[1 - actor])
            {
                await _moved.Task;
            }

            _at++;
            Move();
        }

        private void Move()
        {
            var moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            moved.TrySetResult();
        }
    }
}
