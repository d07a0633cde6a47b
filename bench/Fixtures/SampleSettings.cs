using System.Text.Json.Nodes;
using Holdfast.Tests.Support;

namespace Holdfast.Bench.Fixtures;

/// <summary>
/// What local.settings.sample.json says of schedules and of the engine: the settings that decide what an idle app asks of storage.
/// </summary>
internal static class SampleSettings
{
    private static readonly Lazy<IReadOnlyList<KeyValuePair<string, string?>>> Values = new(Read);

    public static void CopyTo(Dictionary<string, string?> settings)
    {
        foreach (var (name, value) in Values.Value)
        {
            settings[name] = value;
        }
    }

    private static IReadOnlyList<KeyValuePair<string, string?>> Read()
    {
        var values = JsonNode.Parse(File.ReadAllText(RepositoryRoot.PathOf("local.settings.sample.json")))!["Values"]!.AsObject();
        return
        [
            .. values.Where(
                value =>
                    value.Key.EndsWith("Schedule", StringComparison.Ordinal)
                        || value.Key.StartsWith("AzureFunctionsJobHost__", StringComparison.Ordinal))
                .Select(value => KeyValuePair.Create(value.Key, (string?)value.Value)),
        ];
    }
}
