namespace Holdfast.Inbox;

/// <summary>Why a request is not taken in. Each is one HTTP status at the endpoint.</summary>
public enum WebhookRefusal
{
    /// <summary>400: the body is not what this endpoint takes.</summary>
    Malformed = 1,

    /// <summary>401: not signed, signed wrongly, or too long ago.</summary>
    Unauthorized = 2,

    /// <summary>404: no such endpoint.</summary>
    UnknownEndpoint = 3,

    /// <summary>413: larger than the endpoint takes.</summary>
    TooLarge = 4,
}

/// <summary>What a request at an endpoint comes to, before anything is stored.</summary>
public abstract record WebhookOutcome
{
    private WebhookOutcome()
    {
    }

    /// <summary>A message for a session.</summary>
    /// <param name="NeedsSession">Only for a session that exists already: talk in a thread that we may not be part of.</param>
    public sealed record Accepted(InboundMessage Message, bool NeedsSession = false) : WebhookOutcome;

    /// <summary>The platform wants this text back and nothing else.</summary>
    public sealed record Echo(string Text) : WebhookOutcome;

    /// <summary>Proven, understood, and nothing to do.</summary>
    public sealed record Ignored(string Reason) : WebhookOutcome;

    /// <param name="Detail">Fit for the sender: says what is wrong, never what was sent.</param>
    public sealed record Refused(WebhookRefusal Kind, string Detail) : WebhookOutcome;
}
