using Holdfast.Models.Prompts;
using Holdfast.Transcripts;

namespace Holdfast.Turns.Control;

/// <summary>How far a session's turn is, as its transcript shows it: for people who look.</summary>
/// <param name="Phase">idle, thinking, streaming, tools, delivering.</param>
/// <param name="RunId">The run at work; null between turns.</param>
/// <param name="Attempt">Its newest attempt; 0 between turns.</param>
/// <param name="Characters">Streamed by that attempt, as far as they are written down.</param>
public sealed record SessionProgress(string Phase, string? RunId, int Attempt, long Characters)
{
    /// <summary>No turn is at work.</summary>
    public static SessionProgress Idle { get; } = new("idle", null, 0, 0);

    /// <summary>Pure; walks back from the end to what the attempt wrote first and no further.</summary>
    public static SessionProgress Of(TranscriptView view)
    {
        if (view is not { IsLeased: true, Claim: { } claim } || Sessions.RunId.TryParse(claim.RunId) is not { } run
            || view.Conversation.Find(TurnHistory.DeliveryId(run.Turn)) is not null)
        {
            return Idle;
        }

        var (phase, characters) = ((string?)null, 0L);
        for (var index = view.Conversation.Entries.Count - 1; index >= 0; index--)
        {
            var entry = view.Conversation.Entries[index];
            if (entry.Provenance is not { } provenance || provenance.RunId != claim.RunId)
            {
                continue;
            }

            if (provenance.Epoch != claim.Epoch && phase is not null)
            {
                break;
            }

            characters += provenance.Epoch == claim.Epoch && entry is TranscriptEntry.StreamedText text ? text.Text.Length : 0;
            phase ??= PhaseAfter(entry, provenance.Epoch == claim.Epoch);
            if (entry.Id == EntryId.OfMessage(run.Turn))
            {
                break;
            }
        }

        return new SessionProgress(phase ?? "thinking", claim.RunId, claim.Attempt, characters);
    }

    /// <summary>What a run does after its newest entry. An earlier attempt's text is no news of this one.</summary>
    private static string? PhaseAfter(TranscriptEntry entry, bool isOfThisAttempt) => entry switch
    {
        TranscriptEntry.StreamedText when isOfThisAttempt => "streaming",
        TranscriptEntry.AssistantMessage { IsStub: false } => Replay.IsFinalAnswer(entry) ? "delivering" : "tools",
        TranscriptEntry.UserMessage or TranscriptEntry.ToolResult or TranscriptEntry.AssistantMessage or TranscriptEntry.StreamedText =>
            "thinking",
        _ => null,
    };
}
