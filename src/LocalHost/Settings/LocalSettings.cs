using System.Text.Json;

namespace Holdfast.LocalHost.Settings;

/// <summary>
/// local.settings.json: its <c>Values</c> go into the environment, which the worker inherits and credential chains read. What stands there
/// already wins.
/// </summary>
internal static class LocalSettings
{
    private const string FileName = "local.settings.json";

    /// <exception cref="StartUpException">It is not JSON, encrypted, asks for CORS, or a value is not a plain one.</exception>
    public static void Apply(string scriptRoot)
    {
        var path = Path.Combine(scriptRoot, FileName);
        if (JsonFile.Read(path) is not { } root)
        {
            return;
        }

        if (JsonFile.Find(root, "IsEncrypted") is { ValueKind: JsonValueKind.True })
        {
            throw new StartUpException($"{path}: IsEncrypted is true; this host cannot read encrypted settings.");
        }

        if (JsonFile.Find(root, "Host") is { } host && JsonFile.Find(host, "CORS") is not null)
        {
            throw new StartUpException($"{path}: Host.CORS is set; this host answers no other origin. Remove it.");
        }

        foreach (var value in JsonFile.Find(root, "Values") is { ValueKind: JsonValueKind.Object } values
            ? values.EnumerateObject()
            : default)
        {
            if (value.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                throw new StartUpException($"{path}: Values.{value.Name} has to be a plain value.");
            }

            ProcessEnvironment.SetIfAbsent(value.Name, value.Value.ToString());
        }
    }
}
