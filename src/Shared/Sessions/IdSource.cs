using Holdfast.Storage;

namespace Holdfast.Sessions;

/// <summary>The one place where ids are random.</summary>
/// <param name="next">Gives a GUID that was never given before; tests hand in a counted one.</param>
public sealed class IdSource(Func<Guid> next)
{
    /// <summary>Ids from the system's random source.</summary>
#pragma warning disable RS0030 // This is the id source.
    public static IdSource System { get; } = new(Guid.NewGuid);
#pragma warning restore RS0030

    public SessionId NewSessionId() => SessionId.Parse(next().ToString("N"));

    /// <summary>Marks one claim, so that its author knows it again after a lost answer.</summary>
    public string NewNonce() => next().ToString("N");

    /// <summary>For a writer without a run: it holds the lease only for the moment of its append.</summary>
    public LeaseId NewLeaseId() => LeaseId.Parse(next().ToString("D"));
}
