namespace Holdfast.Peers.GitHub;

/// <summary>One call as it came in.</summary>
/// <param name="Operation">A name of <see cref="GitHubOperations"/>.</param>
/// <param name="Path">The path without the prefix <c>/api/v3</c>.</param>
/// <param name="Body">The body's text, exactly as sent.</param>
/// <param name="At">When it came in.</param>
/// <param name="AuthorizationScheme">The scheme in lower case, null without credentials; the credentials themselves are not kept.</param>
/// <param name="IsEnterprisePath">Whether it came below <c>/api/v3</c>.</param>
public sealed record GitHubCall(
    string Operation, string Method, string Path, string Query, string Body, DateTimeOffset At, string? AuthorizationScheme,
    bool IsEnterprisePath);
