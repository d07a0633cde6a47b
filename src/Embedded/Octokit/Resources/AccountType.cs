using Octokit.Internal;

namespace Octokit;

/// <summary>What kind of account it is.</summary>
public enum AccountType
{
    [Parameter(Value = "User")]
    User,

    [Parameter(Value = "Organization")]
    Organization,

    [Parameter(Value = "Bot")]
    Bot,

    [Parameter(Value = "Mannequin")]
    Mannequin,
}
