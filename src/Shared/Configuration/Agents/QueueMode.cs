namespace Holdfast.Configuration.Agents;

/// <summary>What happens to a message that arrives during a turn.</summary>
public enum QueueMode
{
    /// <summary>It waits and gets its own turn.</summary>
    FollowUp = 1,

    /// <summary>All that wait become one turn. Not supported yet.</summary>
    Collect = 2,

    /// <summary>The turn is ended for it. Not supported yet.</summary>
    Interrupt = 3,

    /// <summary>It joins the turn at its next boundary. Not supported yet.</summary>
    Steer = 4,
}
