namespace Octokit;

/// <summary>An account that can write: a person or a bot.</summary>
public class User : Account
{
    public bool SiteAdmin { get; private set; }
}
