namespace Holdfast.Peers.GitHub;

/// <summary>What the peer knows of the app that calls it.</summary>
public sealed class ScriptedGitHubOptions
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The public key of the app, as PEM. Without one any bearer token may ask for installation tokens.</summary>
    public string? AppPublicKeyPem { get; init; }

    /// <summary>The app's id or client id, which its tokens must name.</summary>
    public string AppIssuer { get; init; } = "1234";

    /// <summary>The installation on every repository.</summary>
    public long InstallationId { get; init; } = 42;
}
