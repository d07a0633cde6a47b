using Octokit.Internal;

namespace Octokit;

/// <summary>Names an installation.</summary>
public class InstallationId
{
    public InstallationId()
    {
    }

    public InstallationId(long id) => Id = id;

    public long Id { get; protected set; }
}

/// <summary>A GitHub App on an account. Carries a part of the vendor's properties.</summary>
public class Installation : InstallationId
{
    public User? Account { get; private set; }

    public string? AccessTokensUrl { get; private set; }

    public string? RepositoriesUrl { get; private set; }

    public string? HtmlUrl { get; private set; }

    public long AppId { get; private set; }

    public long TargetId { get; private set; }

    public StringEnum<AccountType> TargetType { get; private set; }

    public IReadOnlyList<string>? Events { get; private set; }

    public StringEnum<InstallationRepositorySelection> RepositorySelection { get; private set; }

    public DateTimeOffset? SuspendedAt { get; private set; }
}

/// <summary>Which repositories an installation reaches.</summary>
public enum InstallationRepositorySelection
{
    [Parameter(Value = "all")]
    All,

    [Parameter(Value = "selected")]
    Selected,
}
