using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Octokit;

namespace Holdfast.Channels.GitHub;

/// <summary>
/// The installation tokens of a GitHub App, by repository. A token is kept until 5 minutes before it expires; however many callers
/// wait for one, one request is under way. A failed request is not kept: the next caller starts anew. Safe for concurrent use.
/// </summary>
internal sealed class InstallationTokens
{
    /// <summary>A token that is handed out is good for at least this long.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>Repositories whose tokens are kept; with one more all are asked for anew.</summary>
    public const int MaxRepositories = 100;

    private readonly GitHubClient _asApp;
    private readonly long? _installationId;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Lazy<Task<AccessToken>>> _byRepository = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">The private key is no PEM of an RSA key.</exception>
    public InstallationTokens(GitHubApp app, GitHubOptions options, TimeProvider time)
    {
        (_installationId, _time) = (app.InstallationId, time);
        using (var key = RSA.Create())
        {
            // A broken key shows at start and not with the first answer.
            key.ImportFromPem(app.PrivateKey.Reveal());
        }

        _asApp = new GitHubClient(OctokitGate.Product, new AppCredentials(app, time), options.ApiBaseUrl);
        _asApp.SetRequestTimeout(options.RequestTimeout);
    }

    /// <exception cref="ApiException">
    /// GitHub refused; a <see cref="NotFoundException"/> when the app is not installed on the repository.
    /// </exception>
    /// <exception cref="HttpRequestException">No answer came.</exception>
    public async Task<string> GetAsync(string owner, string name)
    {
        var key = $"{owner}/{name}";
        var entry = Entry(key, owner, name);
        var token = await KeptAsync(key, entry);
        if (token.ExpiresAt - Margin > _time.GetUtcNow())
        {
            return token.Token;
        }

        // Only the entry that was looked at goes: another caller may have put a fresh one in its place. A token that is new and
        // still seems old (our clock runs ahead) is taken as it is.
        Forget(key, entry);
        entry = Entry(key, owner, name);
        return (await KeptAsync(key, entry)).Token;
    }

    /// <summary>Drops the repository's token, as GitHub no longer takes it.</summary>
    public void Forget(string owner, string name) => _byRepository.TryRemove($"{owner}/{name}", out _);

    private Lazy<Task<AccessToken>> Entry(string key, string owner, string name)
    {
        if (_byRepository.Count >= MaxRepositories && !_byRepository.ContainsKey(key))
        {
            _byRepository.Clear();
        }

        return _byRepository.GetOrAdd(key, _ => new Lazy<Task<AccessToken>>(() => RequestAsync(owner, name)));
    }

    private async Task<AccessToken> KeptAsync(string key, Lazy<Task<AccessToken>> entry)
    {
        try
        {
            return await entry.Value;
        }
        catch
        {
            Forget(key, entry);
            throw;
        }
    }

    private void Forget(string key, Lazy<Task<AccessToken>> entry) => _byRepository.TryRemove(KeyValuePair.Create(key, entry));

    private async Task<AccessToken> RequestAsync(string owner, string name)
    {
        var installation = _installationId ?? (await _asApp.GitHubApps.GetRepositoryInstallationForCurrent(owner, name)).Id;
        return await _asApp.GitHubApps.CreateInstallationToken(installation);
    }

    /// <summary>Signs a token for each request; signing is cheap beside a round trip.</summary>
    private sealed class AppCredentials(GitHubApp app, TimeProvider time) : ICredentialStore
    {
        public Task<Credentials> GetCredentials()
        {
            using var key = RSA.Create();
            key.ImportFromPem(app.PrivateKey.Reveal());
            return Task.FromResult(
                new Credentials(
                    GitHubAppJwt.Create(key, app.AppId.ToString(CultureInfo.InvariantCulture), time.GetUtcNow()),
                    AuthenticationType.Bearer));
        }
    }
}
