using System.Text.Json;
using Holdfast.Embedded.Hosting;

namespace Holdfast.Embedded.Settings;

/// <summary>
/// local.settings.json: <c>Values</c> and <c>ConnectionStrings</c> go into the process environment where they do not replace
/// anything, <c>Host.LocalHttpPort</c> is the port. Encrypted files and <c>Host.CORS</c> are refused, not ignored.
/// </summary>
/// <param name="LocalHttpPort">The port of the file, if it names one.</param>
internal sealed record LocalSettings(int? LocalHttpPort)
{
    public const string FileName = "local.settings.json";

    /// <summary>Reads the file of the content root and sets the environment; does nothing if there is none.</summary>
    /// <exception cref="HostStartException">Not JSON, encrypted, or a value that is not a plain one.</exception>
    public static LocalSettings Apply(string contentRoot)
    {
        var path = Path.Combine(contentRoot, FileName);
        if (SettingsFile.Read(path) is not { } root)
        {
            return new LocalSettings(LocalHttpPort: null);
        }

        if (Find(root, "IsEncrypted") is { ValueKind: JsonValueKind.True })
        {
            throw new HostStartException($"{path}: IsEncrypted is true; this host cannot read encrypted settings.");
        }

        foreach (var value in Members(root, "Values"))
        {
            ProcessEnvironment.SetIfAbsent(value.Name, PlainText(path, "Values", value));
        }

        foreach (var connection in Members(root, "ConnectionStrings"))
        {
            ProcessEnvironment.SetIfAbsent($"ConnectionStrings:{connection.Name}", ConnectionText(path, connection));
        }

        return new LocalSettings(ReadPort(path, root));
    }

    private static int? ReadPort(string path, JsonElement root)
    {
        if (Find(root, "Host") is not { ValueKind: JsonValueKind.Object } host)
        {
            return null;
        }

        if (Find(host, "CORS") is not null)
        {
            throw new HostStartException($"{path}: Host.CORS is not supported by this host; remove it.");
        }

        if (Find(host, "LocalHttpPort") is not { } port)
        {
            return null;
        }

        return port.ValueKind is JsonValueKind.Number && port.TryGetInt32(out var number)
            ? number
            : throw new HostStartException($"{path}: Host.LocalHttpPort has to be a number.");
    }

    private static string ConnectionText(string path, JsonProperty connection)
        => connection.Value.ValueKind is JsonValueKind.Object && Find(connection.Value, "ConnectionString") is { } text
            ? text.ToString()
            : PlainText(path, "ConnectionStrings", connection);

    private static string PlainText(string path, string section, JsonProperty value) => value.Value.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Array => throw new HostStartException($"{path}: {section}.{value.Name} has to be a plain value."),
        JsonValueKind.Null => "",
        _ => value.Value.ToString(),
    };

    private static JsonElement.ObjectEnumerator Members(JsonElement root, string section)
        => Find(root, section) is { ValueKind: JsonValueKind.Object } found ? found.EnumerateObject() : default;

    private static JsonElement? Find(JsonElement root, string name)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value;
            }
        }

        return null;
    }
}
