using Octokit.Internal;

namespace Octokit;

/// <summary>
/// The part of Octokit 14 that this repository's app uses, under the vendor's names and with the vendor's behaviour: comments on
/// issues and pull requests, and the tokens of GitHub Apps. Safe for use by many callers at once.
/// </summary>
public class GitHubClient : IGitHubClient
{
    /// <summary>The API of github.com.</summary>
    public static readonly Uri GitHubApiUrl = new("https://api.github.com/");

    private readonly RestConnection _connection;

    public GitHubClient(ProductHeaderValue productInformation)
        : this(productInformation, new InMemoryCredentialStore(Credentials.Anonymous), GitHubApiUrl)
    {
    }

    public GitHubClient(ProductHeaderValue productInformation, ICredentialStore credentialStore)
        : this(productInformation, credentialStore, GitHubApiUrl)
    {
    }

    /// <param name="productInformation">Name and version of the calling program.</param>
    /// <param name="baseAddress">The server; any other than github.com is taken for an enterprise server, whose API lies below <c>/api/v3/</c>.</param>
    public GitHubClient(ProductHeaderValue productInformation, Uri baseAddress)
        : this(productInformation, new InMemoryCredentialStore(Credentials.Anonymous), baseAddress)
    {
    }

    /// <inheritdoc cref="GitHubClient(ProductHeaderValue, Uri)"/>
    public GitHubClient(ProductHeaderValue productInformation, ICredentialStore credentialStore, Uri baseAddress)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        _connection = new RestConnection(productInformation, ApiAddress(baseAddress), credentialStore, TimeProvider.System);
        Issue = new IssuesClient(_connection);
        GitHubApps = new GitHubAppsClient(_connection);
    }

    public Uri BaseAddress => _connection.BaseAddress;

    /// <summary>The credentials of the next request. Setting them replaces the store of the constructor.</summary>
    public Credentials Credentials
    {
        get => _connection.CredentialStore.GetCredentials().GetAwaiter().GetResult() ?? Credentials.Anonymous;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _connection.CredentialStore = new InMemoryCredentialStore(value);
        }
    }

    public IIssuesClient Issue { get; private set; }

    public IGitHubAppsClient GitHubApps { get; private set; }

    public ApiInfo? GetLastApiInfo() => _connection.LastApiInfo;

    /// <summary>How long a request may wait for the head of its answer; 100 s when never set. Before the first request only.</summary>
    public void SetRequestTimeout(TimeSpan timeout) => _connection.SetTimeout(timeout);

    private static Uri ApiAddress(Uri address) =>
        address.Host is "github.com" or "api.github.com" ? GitHubApiUrl : new Uri(address, new Uri("/api/v3/", UriKind.Relative));
}
