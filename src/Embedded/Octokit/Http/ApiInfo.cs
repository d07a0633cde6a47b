using System.Collections.ObjectModel;

namespace Octokit;

/// <summary>What the headers of an answer say beside its content.</summary>
public class ApiInfo
{
    public ApiInfo(
        IDictionary<string, Uri> links,
        IList<string> oauthScopes,
        IList<string> acceptedOauthScopes,
        string? etag,
        RateLimit rateLimit,
        TimeSpan serverTimeDifference = default)
    {
        ArgumentNullException.ThrowIfNull(links);
        ArgumentNullException.ThrowIfNull(oauthScopes);
        ArgumentNullException.ThrowIfNull(acceptedOauthScopes);
        Links = new ReadOnlyDictionary<string, Uri>(links);
        OauthScopes = new ReadOnlyCollection<string>(oauthScopes);
        AcceptedOauthScopes = new ReadOnlyCollection<string>(acceptedOauthScopes);
        Etag = etag;
        RateLimit = rateLimit;
        ServerTimeDifference = serverTimeDifference;
    }

    public IReadOnlyList<string> OauthScopes { get; private set; }

    public IReadOnlyList<string> AcceptedOauthScopes { get; private set; }

    public string? Etag { get; private set; }

    /// <summary>The pages of a listing by relation: next, prev, first, last.</summary>
    public IReadOnlyDictionary<string, Uri> Links { get; private set; }

    public RateLimit RateLimit { get; private set; }

    /// <summary>The server's clock minus ours, in whole seconds; zero when the answer carried no date.</summary>
    public TimeSpan ServerTimeDifference { get; }
}
