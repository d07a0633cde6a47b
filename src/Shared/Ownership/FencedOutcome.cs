namespace Holdfast.Ownership;

/// <summary>What became of an append behind the fence.</summary>
public abstract record FencedOutcome
{
    private FencedOutcome()
    {
    }

    /// <summary>The entries stand, once, after whatever was judged harmless.</summary>
    public sealed record Appended : FencedOutcome
    {
        public static Appended Instance { get; } = new();
    }

    /// <summary>Nothing of it stands. A later attempt of this run is at work: wait for its step.</summary>
    public sealed record Superseded(FenceVerdict.Superseded Verdict) : FencedOutcome;

    /// <summary>Nothing of it stands, and nothing of this run will enter the main line again.</summary>
    public sealed record TakenOver(FenceVerdict.Takeover Verdict) : FencedOutcome;
}
