namespace Octokit;

/// <summary>What users, organizations and bots have in common. Carries a part of the vendor's properties.</summary>
public abstract class Account
{
    public string? AvatarUrl { get; protected set; }

    public string? HtmlUrl { get; protected set; }

    public long Id { get; protected set; }

    public string Login { get; protected set; } = "";

    public string? Name { get; protected set; }

    public string? NodeId { get; protected set; }

    public AccountType? Type { get; protected set; }

    public string? Url { get; protected set; }
}
