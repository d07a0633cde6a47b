using System.Diagnostics;
using Holdfast.Delivery;

namespace Holdfast.Channels;

/// <summary>What one call of a platform's API came to, and what that says of a post or of a look for one.</summary>
internal abstract record PlatformAnswer<T>
{
    private PlatformAnswer()
    {
    }

    public sealed record Done(T Value) : PlatformAnswer<T>;

    /// <summary>Not done; wait first.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : PlatformAnswer<T>;

    /// <summary>Not done, and trying again would change nothing.</summary>
    /// <param name="Reason">The platform's word, or <c>http_{status}</c>.</param>
    public sealed record Refused(string Reason) : PlatformAnswer<T>;

    /// <summary>Done or not done.</summary>
    public sealed record Unknown(string Cause) : PlatformAnswer<T>;

    /// <param name="idOf">The platform's id of what was posted; null when its answer does not say.</param>
    public PostOutcome AsPost(Func<T, string?> idOf) => this switch
    {
        Done done when idOf(done.Value) is { Length: > 0 } id => new PostOutcome.Posted(id),
        Done or Unknown => new PostOutcome.Ambiguous(),
        RateLimited limited => new PostOutcome.RateLimited(limited.RetryAfter),
        Refused refused => new PostOutcome.Refused(refused.Reason),
        _ => throw new UnreachableException(),
    };

    /// <param name="idOf">The platform's id of the post; null when all was read and it is not there.</param>
    /// <param name="lookAgainAfter">The pause before the next look when this one gave no answer.</param>
    public LookupOutcome AsLookup(Func<T, string?> idOf, TimeSpan lookAgainAfter) => this switch
    {
        Done done => idOf(done.Value) is { } id ? new LookupOutcome.Found(id) : new LookupOutcome.Absent(),
        RateLimited limited => new LookupOutcome.Later(limited.RetryAfter),
        Refused refused => new LookupOutcome.Forbidden(refused.Reason),
        Unknown => new LookupOutcome.Later(lookAgainAfter),
        _ => throw new UnreachableException(),
    };
}
