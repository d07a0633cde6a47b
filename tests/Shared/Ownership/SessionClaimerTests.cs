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
    public void ClaimAsync_WhenRepeated_RaisesEpochAlwaysAndAttemptPerRun() => TurnFixture.Run(async fixture =>
    {
        var seen = new List<(int, long)>();
        foreach (var name in new[] { "a", "a", "b", "a" })
        {
            using var transcript = await fixture.TakeOverAsync(name);
            seen.Add((transcript.Identity.Attempt, transcript.Identity.Epoch));
        }

        seen.ShouldBe([(1, 1L), (2, 2L), (1, 3L), (1, 4L)]);
    });

    [Fact]
    public void S19_WhenAnotherHoldsTheLease_WaitsNoLongerThanAllowedAndChangesNothing() => TurnFixture.Run(async fixture =>
    {
        using var holder = await fixture.Start().ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session);
        var (since, before) = (fixture.Clock.GetUtcNow(), fixture.Claim());

        (await fixture.Start().Claimer.ClaimAsync(
            TurnFixture.RunOf("b"), TurnFixture.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Busy>();

        (fixture.Clock.GetUtcNow() - since).ShouldBeInRange(fixture.Leases.ClaimWait, fixture.Leases.ClaimWait + fixture.Leases.PollEvery);
        fixture.Claim().ShouldBe(before);
    });

    [Theory]
    [InlineData("a", 0)]
    [InlineData("b", 61)]
    public void S23_WhenTheClaimerDiesBetweenLeaseAndMetadata_TheNextGetsInWithinTheLease(string next, int withinSeconds) =>
        TurnFixture.Run(async fixture =>
    {
        fixture.Leases.ClaimWait = TimeSpan.FromSeconds(70);
        using (await fixture.Start().ClaimAsync(TurnFixture.RunOf("z"), TurnFixture.Session))
        {
            await fixture.Outside.BreakLeaseAsync(TurnFixture.Segment, None);
        }

        var tap = new BlobTap { Plan = (call, _) => call.Verb == BlobVerb.SetMetadata ? TapAction.CrashBefore : TapAction.Pass };
        await Should.ThrowAsync<CrashException>(() => fixture.Start(tap).ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session));
        var since = fixture.Clock.GetUtcNow();

        using var transcript = await fixture.Start().ClaimAsync(TurnFixture.RunOf(next), TurnFixture.Session);

        (fixture.Clock.GetUtcNow() - since).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(withinSeconds));
        transcript.Identity.Epoch.ShouldBe(2);
    });

    [Theory]
    [InlineData(BlobVerb.SetMetadata)]
    [InlineData(BlobVerb.Append)]
    public void S25_WhenPausedInTheMiddle_TheLateWriteIsRefusedAndNothingOfItStands(BlobVerb verb) => TurnFixture.Run(async fixture =>
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
        var slow = SlowAsync(fixture.Start(tap));
        await frozen.Task;
        await fixture.PassAsync(TimeSpan.FromSeconds(90));
        using var other = await fixture.Start().ClaimAsync(TurnFixture.RunOf("b"), TurnFixture.Session);
        await other.AppendAsync([Lines.User(null, id: "theirs")], None);
        var before = fixture.Bytes();

        thawed.SetResult();
        await slow;

        fixture.Bytes().ShouldBe(before);
        fixture.Claim()!.RunId.ShouldBe(TurnFixture.RunOf("b").Value);
        (await other.AppendAsync([Lines.Assistant(null)], None)).ShouldBe(FencedOutcome.Appended.Instance);
        other.LastVerdict.ShouldBeNull();

        static async Task SlowAsync(TurnProcess process)
        {
            if (await process.Claimer.ClaimAsync(TurnFixture.RunOf("a"), TurnFixture.Session, 0, None) is ClaimOutcome.Claimed claimed)
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
            TurnFixture.Run(async fixture =>
            {
                fixture.Leases.ClaimWait = TimeSpan.Zero;
                var turnstile = new Turnstile(schedule);
                var claims = await Task.WhenAll(turnstile.RunAsync(fixture, 0, first), turnstile.RunAsync(fixture, 1, second));

                var owners = claims.OfType<ClaimOutcome.Claimed>().Select(claim => claim.Transcript).ToArray();
                owners.ShouldNotBeEmpty();
                owners.Select(owner => owner.Identity.Epoch).Distinct().Count().ShouldBe(owners.Length, "no epoch is given twice");
                fixture.Claim()!.Epoch.ShouldBe(owners.Max(owner => owner.Identity.Epoch));
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
    public void ClaimAsync_WhenTheSegmentIsAnotherSessions_IsUnreadableAndLetsTheLeaseGo() => TurnFixture.Run(async fixture =>
    {
        await fixture.Outside.CreateAppendAsync(TurnFixture.Segment, new Dictionary<string, string> { ["x"] = "y" }, None);

        (await fixture.Start().Claimer.ClaimAsync(
            TurnFixture.RunOf("a"), TurnFixture.Session, 0, None)).ShouldBeOfType<ClaimOutcome.Unreadable>();
        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsLeased.ShouldBeFalse();
    });

    [Fact]
    public void ClaimAsync_WhenAnotherRunCameBetween_SaysSoAndChangesNothing() => TurnFixture.Run(async fixture =>
    {
        var run = TurnFixture.RunOf("a");
        using (var ours = await fixture.Start().ClaimAsync(run, TurnFixture.Session))
        {
            await ours.AppendAsync([Lines.User(null) with { Id = EntryId.OfMessage(run.Turn) }], None);
        }

        using var theirs = await fixture.TakeOverAsync("b");
        await theirs.ReleaseAsync();
        var before = fixture.Claim();

        var outcome = await fixture.Start().Claimer.ClaimAsync(run, TurnFixture.Session, 0, None);

        outcome.ShouldBeOfType<ClaimOutcome.TakenOver>().Verdict.Reason.ShouldBe(TakeoverReason.OtherRunClaimed);
        fixture.Claim().ShouldBe(before);
        (await fixture.Outside.ReadAsync(TurnFixture.Segment, 0, 0, None))!.IsLeased.ShouldBeFalse();
    });

    /// <summary>Lets the calls of two actors through in one given order.</summary>
    private sealed class Turnstile(int order)
    {
        private readonly bool[] _isDone = new bool[2];
        private int _at;
        private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<ClaimOutcome> RunAsync(TurnFixture fixture, int actor, string name)
        {
            var tap = new BlobTap { HoldBefore = (_, _) => PassAsync(actor) };
            try
            {
                return await fixture.Start(tap).Claimer.ClaimAsync(TurnFixture.RunOf(name), TurnFixture.Session, 0, None);
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
