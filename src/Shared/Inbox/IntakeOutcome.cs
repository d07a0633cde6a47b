namespace Holdfast.Inbox;

/// <summary>Why a request is not taken in. Each is one HTTP status at the door.</summary>
public enum IntakeRefusal
{
    /// <summary>400: the body is not what this door takes.</summary>
    Malformed = 1,

    /// <summary>401: not signed, signed wrongly, or too long ago.</summary>
    Unproven = 2,

    /// <summary>404: no such door.</summary>
    UnknownDoor = 3,

    /// <summary>413: larger than the door takes.</summary>
    TooLarge = 4,
}

/// <summary>What a request at a door comes to, before anything is stored.</summary>
public abstract record IntakeOutcome
{
    private IntakeOutcome()
    {
    }

    /// <summary>A message for a session.</summary>
    /// <param name="NeedsSession">Only for a session that exists already: talk in a thread that we may not be part of.</param>
    public sealed record Taken(DeliveryId Delivery, InboundMessage Message, bool NeedsSession = false) : IntakeOutcome;

    /// <summary>The platform wants this text back and nothing else.</summary>
    public sealed record Echo(string Text) : IntakeOutcome;

    /// <summary>Proven, understood, and nothing to do.</summary>
    public sealed record LetGo(string Reason) : IntakeOutcome;

    /// <param name="Detail">Fit for the sender: says what is wrong, never what was sent.</param>
    public sealed record Refused(IntakeRefusal Kind, string Detail) : IntakeOutcome;
}
