namespace Holdfast.Configuration.Agents;

/// <summary>What happens to an answer whose session another run has taken over. See I2 and I5 in <c>docs/invariants.md</c>.</summary>
public enum FenceMode
{
    /// <summary>The answer is detached beside the main line and delivered marked as such.</summary>
    Strict = 1,

    /// <summary>The takeover is recorded, and the answer is appended to the main line after the foreign entries.</summary>
    Warn = 2,
}
