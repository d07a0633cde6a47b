using System.ComponentModel.DataAnnotations;

namespace Holdfast.Turns;

/// <summary>Times of a turn that are not its agent's.</summary>
public sealed class TurnOptions
{
    /// <summary>How often streamed text is written down: the most that a crash can lose of it. 100 ms to 10 s, default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:10")]
    public TimeSpan WriteEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a superseded execution looks for its successor's step. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan FollowEvery { get; set; } = TimeSpan.FromSeconds(1);
}
