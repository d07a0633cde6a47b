namespace Holdfast.LocalHost;

/// <summary>What the command line says.</summary>
/// <param name="AppFolder">The built app.</param>
/// <param name="Port">0 for any free one.</param>
/// <param name="Bind">An address to listen on; null for loopback.</param>
/// <param name="KeyFolder">Null for the one below the folder of host.json.</param>
/// <param name="Log">The form of log lines.</param>
internal sealed record HostArguments(string AppFolder, ushort Port, string? Bind, string? KeyFolder, LogFormat Log);

internal enum LogFormat
{
    Simple,
    Json,
}
