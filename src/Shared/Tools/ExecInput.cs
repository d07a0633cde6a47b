using System.Collections.Immutable;
using System.Text.Json;

namespace Holdfast.Tools;

/// <summary>What the model asked the exec tool to run: <c>{ "command": "name", "args": ["…"] }</c>.</summary>
internal sealed record ExecInput(string Command, ImmutableArray<string> Arguments)
{
    /// <summary>Strict.</summary>
    /// <param name="fault">What is wrong, written for the model, so that its next try can be right; null when nothing is.</param>
    public static ExecInput? TryParse(JsonElement json, out string? fault)
    {
        fault = FaultOf(json);
        if (fault is not null)
        {
            fault += """. Expected: { "command": "name", "args": ["first", "second"] }""";
            return null;
        }

        var arguments = json.TryGetProperty("args", out var args) ? args.EnumerateArray().Select(argument => argument.GetString()!) : [];
        return new ExecInput(json.GetProperty("command").GetString()!, [.. arguments]);
    }

    private static string? FaultOf(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return "the input is no JSON object";
        }

        foreach (var property in json.EnumerateObject().Where(property => property.Name is not ("command" or "args")))
        {
            return $"there is no key '{property.Name}'";
        }

        if (!json.TryGetProperty("command", out var command) || !IsText(command) || string.IsNullOrWhiteSpace(command.GetString()))
        {
            return "'command' must be the name of a command";
        }

        if (!json.TryGetProperty("args", out var args))
        {
            return null;
        }

        if (args.ValueKind != JsonValueKind.Array || !args.EnumerateArray().All(IsText))
        {
            return "'args' must be a list of texts, one per argument";
        }

        return args.EnumerateArray().Any(text => text.GetString()!.Contains('\0')) ? "an argument cannot hold a NUL character" : null;
    }

    private static bool IsText(JsonElement json) => json.ValueKind == JsonValueKind.String;
}
