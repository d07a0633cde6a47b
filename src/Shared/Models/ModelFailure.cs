using System.Diagnostics;

namespace Holdfast.Models;

/// <summary>Why a call gave no answer. Stands in stubs and in status; numbers are pinned.</summary>
public enum ModelFailureKind
{
    /// <summary>Nothing was heard for the model's time to first event.</summary>
    FirstEventTimeout = 1,

    /// <summary>A living stream fell silent for longer than the model's time between events.</summary>
    BetweenEventsTimeout = 2,

    /// <summary>The stream ended without its stop, or with half a tool call: whatever it said is not an answer.</summary>
    Incomplete = 3,

    /// <summary>The stream stopped properly and held nothing but reasoning, or nothing.</summary>
    Empty = 4,

    /// <summary>Too many requests or tokens for the moment.</summary>
    Throttled = 5,

    /// <summary>A quota that no wait within a turn refills: the day's tokens, or the account's.</summary>
    QuotaExhausted = 6,

    /// <summary>The request itself was refused.</summary>
    Validation = 7,

    /// <summary>Credentials are missing, wrong or expired, or the account may not use this model.</summary>
    AccessDenied = 8,

    /// <summary>There is no such model in this region.</summary>
    ModelNotFound = 9,

    /// <summary>The model broke off or failed at the prompt.</summary>
    ModelStreamError = 10,

    /// <summary>The provider failed (5xx).</summary>
    ServerError = 11,

    /// <summary>The provider has no capacity (503).</summary>
    ServiceUnavailable = 12,

    /// <summary>The model is being loaded.</summary>
    ModelNotReady = 13,

    /// <summary>The provider's own limit on processing time.</summary>
    ModelTimeout = 14,

    /// <summary>The connection failed, or its bytes did.</summary>
    Network = 15,

    /// <summary>A guardrail or content filter cut in: the same question gets the same answer.</summary>
    ContentBlocked = 16,

    /// <summary>The provider answered something that this version has no name for.</summary>
    Unknown = 99,
}

/// <summary>What helps against a failure.</summary>
public enum ModelRemedy
{
    /// <summary>The same model again, after a wait; the next one when its tries are used up.</summary>
    RetrySameModel = 1,

    /// <summary>The next model at once.</summary>
    FallBack = 2,

    /// <summary>Nothing: end the turn with a notice.</summary>
    Fail = 3,
}

/// <summary>A failure, classified.</summary>
/// <param name="Message">For an operator; holds no prompt and no answer.</param>
/// <param name="RetryAfter">The provider's own wish.</param>
public sealed record ModelFailure(ModelFailureKind Kind, string Message, TimeSpan? RetryAfter = null)
{
    /// <summary>What to do.</summary>
    public ModelRemedy Remedy => RemedyFor(Kind);

    /// <summary>
    /// Access and missing models are one model's trouble, so the next may do. A refused request is ours: every model would get the
    /// same one, and retrying would hide the defect.
    /// </summary>
    public static ModelRemedy RemedyFor(ModelFailureKind kind) => kind switch
    {
        ModelFailureKind.QuotaExhausted or ModelFailureKind.AccessDenied or ModelFailureKind.ModelNotFound => ModelRemedy.FallBack,
        ModelFailureKind.Validation or ModelFailureKind.ContentBlocked => ModelRemedy.Fail,
        ModelFailureKind.FirstEventTimeout or ModelFailureKind.BetweenEventsTimeout or ModelFailureKind.Incomplete or ModelFailureKind.Empty
            or ModelFailureKind.Throttled or ModelFailureKind.ModelStreamError or ModelFailureKind.ServerError
            or ModelFailureKind.ServiceUnavailable or ModelFailureKind.ModelNotReady or ModelFailureKind.ModelTimeout
            or ModelFailureKind.Network or ModelFailureKind.Unknown => ModelRemedy.RetrySameModel,
        _ => throw new UnreachableException(),
    };
}
