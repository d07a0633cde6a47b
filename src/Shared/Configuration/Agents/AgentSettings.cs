using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using Holdfast.Inbox;
using Holdfast.Models.Compactions;
using Holdfast.Tools;
using Holdfast.Turns;

namespace Holdfast.Configuration.Agents;

/// <summary>What only Holdfast knows of an agent: <c>metadata.holdfast</c> of its file.</summary>
public sealed record AgentSettings : IValidatableObject
{
    /// <summary>What happens to an answer whose session another run has taken over. Default: strict.</summary>
    public FenceMode FenceMode { get; set; } = FenceMode.Strict;

    /// <summary>What happens to a message that arrives during a turn. Default: followup, so far the only one that can be chosen.</summary>
    public QueueMode QueueMode { get; set; } = QueueMode.FollowUp;

    /// <summary>
    /// Ids of the models asked next, in order, when one fails for good. None twice, and not the agent's model again. Default: none.
    /// </summary>
    public ImmutableArray<string> Fallbacks { get; set; } = [];

    /// <summary>Sets the <c>exec</c> tool up. Default: there is none.</summary>
    public ExecConfiguration? Exec { get; set; }

    /// <summary>When conversations of this agent are summed up.</summary>
    public CompactionSettings Compaction { get; set; } = new();

    /// <summary>Longest time for a turn, models and tools and waiting together; before <c>timeout</c>. 1 s to 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan? TurnDeadline { get; set; }

    /// <summary>How often within a turn the model may ask for tools. 0 to 1,000, default 25.</summary>
    [Range(0, 1_000)]
    public int MaxToolRounds { get; set; } = 25;

    /// <summary>0 to 2. Default: what the model does by itself. Not together with <see cref="ReasoningBudgetTokens"/>.</summary>
    [Range(0.0, 2.0)]
    public double? Temperature { get; set; }

    /// <summary>
    /// Tokens that a reasoning model may think, part of the answer's. At least 1,024: less is refused by the models that take a budget.
    /// Default: none asked for.
    /// </summary>
    [Range(1_024, 1_000_000)]
    public int? ReasoningBudgetTokens { get; set; }

    /// <summary>IANA name of the time zone of the trigger's schedule. Default: UTC.</summary>
    public string? Zone { get; set; }

    /// <summary>What the trigger says to the agent. Default: that it is due.</summary>
    public string? Message { get; set; }

    /// <summary>Where the answer to the trigger goes. Default: nowhere, it stands in the transcript only.</summary>
    public ReplyTarget? Deliver { get; set; } = new ReplyTarget.Stored();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (QueueMode != QueueMode.FollowUp)
        {
            yield return new ValidationResult("is not supported yet; use followup", [nameof(QueueMode)]);
        }

        if (Temperature is not null && ReasoningBudgetTokens is not null)
        {
            yield return new ValidationResult(
                "cannot be chosen together with reasoningBudgetTokens: a model that thinks sets its own", [nameof(Temperature)]);
        }
    }
}
