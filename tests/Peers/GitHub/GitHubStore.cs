namespace Holdfast.Peers.GitHub;

/// <summary>Comments, and the tokens that were given out. Safe for concurrent use.</summary>
internal sealed class GitHubStore(TimeProvider time)
{
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly List<StoredComment> _comments = [];
    private readonly Dictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private long _lastId = 1_000_000_000_000;

    public IReadOnlyList<StoredComment> Comments
    {
        get
        {
            lock (_gate)
            {
                return [.. _comments];
            }
        }
    }

    public StoredComment Add(string repository, long issueNumber, string body, string login, bool isBot)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var comment = new StoredComment(++_lastId, repository, issueNumber, body, login, isBot, now, now);
            _comments.Add(comment);
            return comment;
        }
    }

    public StoredComment? Update(string repository, long id, string body)
    {
        lock (_gate)
        {
            var at = _comments.FindIndex(c => c.Repository == repository && c.Id == id);
            return at < 0 ? null : _comments[at] = _comments[at] with { Body = body, UpdatedAt = time.GetUtcNow() };
        }
    }

    public (string Token, DateTimeOffset ExpiresAt) IssueToken()
    {
        lock (_gate)
        {
            var (token, expiresAt) = ($"ghs_{_tokens.Count + 1:D6}", time.GetUtcNow() + TokenLifetime);
            _tokens[token] = expiresAt;
            return (token, expiresAt);
        }
    }

    /// <summary>Ends the tokens given out so far before their time, as a removed installation does.</summary>
    public void RevokeTokens()
    {
        lock (_gate)
        {
            foreach (var token in _tokens.Keys)
            {
                _tokens[token] = DateTimeOffset.MinValue;
            }
        }
    }

    /// <summary>Whether the token may write: one of an installation until it expires, any other always.</summary>
    public bool Accepts(string token)
    {
        lock (_gate)
        {
            return !IsInstallation(token) || (_tokens.TryGetValue(token, out var expiresAt) && expiresAt > time.GetUtcNow());
        }
    }

    public static bool IsInstallation(string token) => token.StartsWith("ghs_", StringComparison.Ordinal);
}
