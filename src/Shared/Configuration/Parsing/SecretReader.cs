using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Channels;

namespace Holdfast.Configuration.Parsing;

/// <summary>Reads secrets: names of settings in the file, values from the settings. Never shows what it found.</summary>
internal static class SecretReader
{
    private const string Prefix = "env:";
    private const string Expected = "the name of a setting, such as \"env:SLACK_BOT_TOKEN\"; a secret itself does not belong into this file";

    /// <returns>Null when it is not there or wrong, which is reported.</returns>
    public static Secret? Read(ObjectReader reader, string key) =>
        reader.Take(key, JsonValueKind.String, Expected, isRequired: true, isSecret: true) is { } value
            ? Resolve(reader.File, reader.KeyPath(key), value)
            : null;

    /// <summary>A list of at least one.</summary>
    public static ImmutableArray<Secret> ReadList(ObjectReader reader, string key)
    {
        const string ExpectedList = "a list of names of settings, such as [\"env:SLACK_SIGNING_SECRET\"]";
        if (reader.Take(key, JsonValueKind.Array, ExpectedList, isRequired: true, isSecret: true) is not { } list)
        {
            return [];
        }

        if (list.GetArrayLength() == 0)
        {
            reader.File.Report(reader.KeyPath(key), "must have at least one entry");
        }

        return [.. list.EnumerateArray()
            .Select((item, index) => Resolve(reader.File, JsonPath.Index(reader.KeyPath(key), index), item))
            .OfType<Secret>()];
    }

    private static Secret? Resolve(ConfigurationFile file, string path, JsonElement element)
    {
        var text = element.ValueKind == JsonValueKind.String ? element.GetString()! : string.Empty;
        var name = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : string.Empty;
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or ':'))
        {
            file.Report(path, $"must be {Expected}");
            return null;
        }

        file.SecretSettings.Add(name);
        var value = file.Settings(name);
        if (string.IsNullOrWhiteSpace(value))
        {
            file.Report(path, text, $"the setting {name} is not set");
            return null;
        }

        // What the platform leaves in place of the value when it may not read the vault.
        if (value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal))
        {
            file.Report(
                path,
                text,
                $"the setting {name} is a Key Vault reference that was not resolved; see the app's access to the vault");
            return null;
        }

        return new Secret(name, value);
    }
}
