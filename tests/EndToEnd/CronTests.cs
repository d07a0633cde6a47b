using Holdfast.Harness;
using Holdfast.Peers.Slack;
using Holdfast.Tests.Support;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>Turns that the clock begins; the app ticks once a second, so most ticks find nothing due.</summary>
public sealed class CronTests(CronFixture fixture) : IClassFixture<CronFixture>
{
    [Fact]
    public async Task Job_WhenItIsDueAtAnInstant_RunsOnceAndIsDelivered()
    {
        await Eventually.BecomesTrueAsync(() => In("C0ONCE").Count > 0, RunningFixture.Soon, "the job's answer is in Slack");

        // Several occurrences of the other job are as many ticks at which this one might have run again.
        var already = In("C0OFTEN").Count;
        await Eventually.BecomesTrueAsync(() => In("C0OFTEN").Count >= already + 2, RunningFixture.Soon, "two more occurrences");

        In("C0ONCE").ShouldHaveSingleItem().ThreadTs.ShouldBeNull();
        fixture.Model.RequestsOf("only once").Count.ShouldBe(1);
        (await fixture.AppFixture.ListAsync("cron/once/")).ShouldHaveSingleItem().ShouldContain(CronFixture.Name(fixture.DueAt));
    }

    [Fact]
    public void Start_WhenThereAreJobs_SaysWhenEachComesDueNext()
    {
        fixture.App.Process.Lines.ShouldContain(
            line => line.Contains("Job often for agent main, session one of its own each time, to Slack C0OFTEN: next at 2"));
        fixture.App.Process.Lines.ShouldContain(line => line.Contains("Job once for agent main"));
    }

    [Fact]
    public async Task Job_WhenItIsDueEveryTwoSeconds_RunsOncePerOccurrence()
    {
        await Eventually.BecomesTrueAsync(() => In("C0OFTEN").Count >= 3, RunningFixture.Soon, "three occurrences are delivered");

        var requests = fixture.Model.RequestsOf("again and again");
        var occurrences = await fixture.AppFixture.ListAsync("cron/often/");
        requests.Count.ShouldBeLessThanOrEqualTo(occurrences.Count);
        occurrences.Skip(1).Select(name => CronFixture.ParseName(name).Second % 2).ShouldAllBe(second => second == 0);
        foreach (var key in occurrences.Skip(1).Take(3).Select(
            name => $"agent:main:cron:often:{CronFixture.Name(CronFixture.ParseName(name))}"))
        {
            var entries = await fixture.AppFixture.TranscriptOnceAsync(
                key, entries => entries.Answers().Count > 0, RunningFixture.Soon, "the occurrence is answered");
            entries.Said().ShouldBe(["again and again"]);
        }
    }

    private IReadOnlyList<PostedMessage> In(string channel) =>
        [.. fixture.AppFixture.Slack.Messages.Where(message => message.Channel == channel)];
}
