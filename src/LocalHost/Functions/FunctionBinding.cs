using System.Text.Json;
using Holdfast.LocalHost.Settings;

namespace Holdfast.LocalHost.Functions;

/// <summary>A binding as the app's metadata describes it.</summary>
internal sealed record FunctionBinding(string Name, BindingKind Kind, JsonElement Properties)
{
    public string? Text(string property) =>
        JsonFile.Find(Properties, property) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public bool Flag(string property) => JsonFile.Find(Properties, property) is { ValueKind: JsonValueKind.True };

    public IReadOnlyList<string> Texts(string property) =>
        JsonFile.Find(Properties, property) is { ValueKind: JsonValueKind.Array } value
            ? [.. value.EnumerateArray().Select(item => item.ToString())]
            : [];
}

/// <summary>What this host can bind.</summary>
internal enum BindingKind
{
    HttpTrigger,
    TimerTrigger,
    OrchestrationTrigger,
    ActivityTrigger,
    EntityTrigger,
    DurableClient,
}
