using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.Serialization;
using System.Text.Json;
using Octokit;
using Octokit.Internal;

namespace Holdfast.Channels.GitHub;

/// <summary>
/// Calls of Octokit with our own credentials, and what their failures mean. Octokit's calls take no cancellation: a request that is given
/// up runs on in the background until its own timeout, and none is begun that could run on past the call's.
/// </summary>
internal sealed class OctokitGate
{
    public static readonly ProductHeaderValue Product = new("holdfast");

    /// <summary>GitHub's advice when it names no pause.</summary>
    private static readonly TimeSpan DefaultPause = TimeSpan.FromMinutes(1);

    private readonly GitHubOptions _options;
    private readonly TimeProvider _time;
    private readonly GitHubClient? _withToken;
    private readonly InstallationTokens? _tokens;
    private readonly AsyncLocal<DateTimeOffset> _beginBy = new();
    private readonly ConcurrentDictionary<string, GitHubClient> _byRepository = new(StringComparer.OrdinalIgnoreCase);

    public OctokitGate(GitHubOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        if (options.App is { } app)
        {
            _tokens = new InstallationTokens(app, options, time);
        }
        else
        {
            var token = options.Token ?? throw new ArgumentException("GitHub needs a token or an app.", nameof(options));
            _withToken = Client(new InTime(this, new InMemoryCredentialStore(new Credentials(token.Reveal()))));
        }
    }

    /// <summary>
    /// One call on behalf of a repository. A 401 with an installation token is tried once more with a fresh one: it was refused
    /// before it took effect.
    /// </summary>
    public async Task<PlatformAnswer<T>> CallAsync<T>(
        string owner, string name, Func<GitHubClient, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            // Octokit's own timeout ends with the answer's head; this one also covers its body and the tokens before it.
            _beginBy.Value = _time.GetUtcNow() + _options.CallTimeout - _options.RequestTimeout;
            return await RunAsync(owner, name, call).WaitAsync(_options.CallTimeout, _time, cancellationToken);
        }
        catch (Exception fault) when (IsUnanswered(fault)
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new PlatformAnswer<T>.Unknown(fault.GetType().Name);
        }
        catch (ApiException refusal)
        {
            return Classify<T>(refusal);
        }
    }

    private async Task<PlatformAnswer<T>> RunAsync<T>(string owner, string name, Func<GitHubClient, Task<T>> call)
    {
        if (_tokens is null)
        {
            return Done(await call(_withToken!));
        }

        if (_byRepository.Count >= InstallationTokens.MaxRepositories)
        {
            _byRepository.Clear(); // Each holds connections of its own.
        }

        var client =
            _byRepository.GetOrAdd($"{owner}/{name}", _ => Client(new InTime(this, new InstallationCredentials(_tokens, owner, name))));
        try
        {
            return Done(await call(client));
        }
        catch (AuthorizationException)
        {
            _tokens.Forget(owner, name);
            return Done(await call(client));
        }
    }

    // The last two are what Octokit throws for a success whose body is broken JSON.
    private static bool IsUnanswered(Exception fault) =>
        fault is HttpRequestException or IOException or TimeoutException or SerializationException or JsonException;

    // Octokit gives null for a success whose body is no JSON.
    private static PlatformAnswer<T> Done<T>(T? value) =>
        value is null ? new PlatformAnswer<T>.Unknown("no JSON") : new PlatformAnswer<T>.Done(value);

    private GitHubClient Client(ICredentialStore credentials)
    {
        var client = new GitHubClient(Product, credentials, _options.ApiBaseUrl);
        client.SetRequestTimeout(_options.RequestTimeout);
        return client;
    }

    private PlatformAnswer<T> Classify<T>(ApiException refusal)
    {
        if ((int)refusal.StatusCode >= 500)
        {
            return new PlatformAnswer<T>.Unknown($"http_{(int)refusal.StatusCode}");
        }

        return refusal switch
        {
            RateLimitExceededException or SecondaryRateLimitExceededException or AbuseException =>
                new PlatformAnswer<T>.RateLimited(Pause(refusal)),
            { StatusCode: HttpStatusCode.TooManyRequests } => new PlatformAnswer<T>.RateLimited(Pause(refusal)),
            AuthorizationException => new PlatformAnswer<T>.Refused("unauthorized"),
            ForbiddenException => new PlatformAnswer<T>.Refused("forbidden"),
            NotFoundException => new PlatformAnswer<T>.Refused("not_found"),
            ApiValidationException => new PlatformAnswer<T>.Refused("validation_failed"),
            _ => new PlatformAnswer<T>.Refused($"http_{(int)refusal.StatusCode}"),
        };
    }

    /// <summary>Retry-After first, then the reset of a used-up allowance, else a minute: the order that GitHub asks for.</summary>
    private TimeSpan Pause(ApiException refusal)
    {
        var headers = refusal.HttpResponse?.Headers ?? new Dictionary<string, string>();
        var retryAfter = headers.FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value;
        if (int.TryParse(retryAfter, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        var limit = refusal.HttpResponse?.ApiInfo.RateLimit;
        var pause = limit is { Remaining: 0, ResetAsUtcEpochSeconds: > 0 } ? limit.Reset - _time.GetUtcNow() : DefaultPause;
        return pause > TimeSpan.Zero ? pause : DefaultPause;
    }

    /// <summary>
    /// Octokit asks for credentials right before it sends: the last moment to leave a request be that would come too late.
    /// </summary>
    private sealed class InTime(OctokitGate gate, ICredentialStore credentials) : ICredentialStore
    {
        public async Task<Credentials> GetCredentials()
        {
            var found = await credentials.GetCredentials();
            return gate._time.GetUtcNow() <= gate._beginBy.Value ? found : throw new TimeoutException("The call's time is over.");
        }
    }

    /// <summary>Whichever token is the repository's at the moment of a request.</summary>
    private sealed class InstallationCredentials(InstallationTokens tokens, string owner, string name) : ICredentialStore
    {
        public async Task<Credentials> GetCredentials() => new(await tokens.GetAsync(owner, name));
    }
}
