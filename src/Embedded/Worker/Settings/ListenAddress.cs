using System.Globalization;
using Holdfast.Embedded.Hosting;
using Microsoft.Extensions.Configuration;

namespace Holdfast.Embedded.Settings;

/// <summary>Where the host listens.</summary>
internal static class ListenAddress
{
    /// <summary>The port of the real host on a developer's machine.</summary>
    private const int DefaultPort = 7071;

    /// <summary>
    /// The first of: <c>--urls</c>, <c>--port</c>, ASPNETCORE_URLS, FUNCTIONS_HTTP_PORT, Host.LocalHttpPort of
    /// local.settings.json, port 7071. Only <c>--urls</c> and ASPNETCORE_URLS can leave the loopback interface. Port 0 takes a free one.
    /// </summary>
    /// <returns>Addresses, separated by semicolons.</returns>
    /// <exception cref="HostStartException">A port that is none.</exception>
    public static string Choose(IConfiguration commandLine, LocalSettings settings)
    {
        if (commandLine["urls"] is { Length: > 0 } urls)
        {
            return urls;
        }

        if (commandLine["port"] is { Length: > 0 } port)
        {
            return Loopback(Number(port, "--port"));
        }

        if (ProcessEnvironment.Read("ASPNETCORE_URLS") is { } fromEnvironment)
        {
            return fromEnvironment;
        }

        return ProcessEnvironment.Read("FUNCTIONS_HTTP_PORT") is { } portVariable
            ? Loopback(Number(portVariable, "FUNCTIONS_HTTP_PORT"))
            : Loopback(settings.LocalHttpPort ?? DefaultPort);
    }

    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private static int Number(string text, string source)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue
            ? port
            : throw new HostStartException($"{source}: '{text}' is not a port number.");
}
