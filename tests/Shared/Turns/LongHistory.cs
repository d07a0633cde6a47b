using Holdfast.Models.Compactions;
using Holdfast.Tests.Models;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Turns;

/// <summary>A session whose earlier turn fills more of the model's context than the agent lets it.</summary>
internal static class LongHistory
{
    public const string OldAnswer = "an old answer ";

    /// <summary>Some 4,000 of 10,000 tokens stand; compaction is due at 3,000, and 1,000 are kept.</summary>
    public static async Task WriteAsync(TurnFixture fixture)
    {
        fixture.Agent = fixture.Agent with
        {
            Models = [ScriptedModel.Profile("first") with { ContextTokens = 10_000, MaxOutputTokens = 1_000 }],
            Compaction = new CompactionSettings { AtShare = 0.3, KeepShare = 0.1 },
        };
        var run = TurnFixture.RunOf("old");
        using var transcript = await fixture.Start().ClaimAsync(run, TurnFixture.Session);
        await transcript.AppendAsync([Lines.User(null, "an old question", EntryId.OfMessage(run.Turn).Value)], CancellationToken.None);
        await transcript.AppendAsync(
            [Lines.Assistant(null, string.Concat(Enumerable.Repeat(OldAnswer, 1_150)), id: "old-answer")], CancellationToken.None);
        await transcript.ReleaseAsync();
    }
}
