namespace Holdfast.Turns;

/// <summary>Why a turn has no answer. Carried by orchestrations: numbers are pinned.</summary>
public enum TurnFailure
{
    /// <summary>The model, and every fallback, stayed silent beyond its limits.</summary>
    ModelSilent = 1,

    /// <summary>The model, and every fallback, failed: throttled, unavailable, broken streams.</summary>
    ModelUnavailable = 2,

    /// <summary>The model service refused the request: not permitted, or not acceptable.</summary>
    ModelRefused = 3,

    /// <summary>The model gave no text, several times.</summary>
    ModelGaveNothing = 4,

    /// <summary>The turn's deadline passed.</summary>
    Deadline = 5,

    /// <summary>The model asked for tools more often than the agent allows.</summary>
    TooManyToolRounds = 6,

    /// <summary>The session's transcript cannot be read.</summary>
    SessionUnreadable = 7,

    /// <summary>Another run took the session over, twice.</summary>
    TakenOver = 8,

    /// <summary>An operator terminated the orchestration.</summary>
    Terminated = 9,

    /// <summary>A fault of our own, repeated.</summary>
    Internal = 10,

    /// <summary>The agent is no longer configured.</summary>
    UnknownAgent = 11,
}

/// <summary>What people read instead of an answer. Specific, and free of internals.</summary>
public static class TurnNotices
{
    public static string TextOf(TurnFailure failure, string runId) =>
        $"I could not answer this message: {ReasonOf(failure)} It is left out of the conversation. (run {runId})";

    /// <summary>Stands before an answer that another run's writing left beside the main line.</summary>
    public const string BesideTheMainLine =
        "_This answer was written beside the conversation: another run took the session over meanwhile._\n\n";

    /// <summary>Stands after an answer that the model's output limit cut.</summary>
    public const string CutAtTheLimit = "\n\n_(The answer was cut at the model's output limit.)_";

    private static string ReasonOf(TurnFailure failure) => failure switch
    {
        TurnFailure.ModelSilent => "the model stayed silent beyond its time limit, on every attempt. Please ask again.",
        TurnFailure.ModelUnavailable => "the model service was not available, on every attempt. Please ask again later.",
        TurnFailure.ModelRefused => "the model service refused the request. An operator has to look at the agent's configuration.",
        TurnFailure.ModelGaveNothing => "the model gave no text, on every attempt. Please put the question differently.",
        TurnFailure.Deadline => "the turn reached its deadline.",
        TurnFailure.TooManyToolRounds => "the model asked for tools more often than this agent allows.",
        TurnFailure.SessionUnreadable => "the session's transcript cannot be read. An operator has to look at it.",
        TurnFailure.TakenOver => "another run took the session over while I was answering. Please ask again.",
        TurnFailure.Terminated => "an operator ended the turn.",
        TurnFailure.Internal => "an internal fault occurred, repeatedly. An operator has to look at the logs.",
        TurnFailure.UnknownAgent => "the agent it was addressed to is no longer configured.",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
