using System.Collections.Immutable;
using System.Text.Json;

namespace Holdfast.Tools;

/// <summary>What the model asked the exec tool to run.</summary>
internal sealed record ExecInput(string Command, ImmutableArray<string> Arguments);

/// <summary>What became of reading it.</summary>
internal abstract record ExecInputOutcome
{
    private ExecInputOutcome()
    {
    }

    public sealed record Parsed(ExecInput Input) : ExecInputOutcome;

    /// <param name="Reason">Written for the model, so that its next try can be right.</param>
    public sealed record Invalid(string Reason) : ExecInputOutcome;
}

/// <summary>Reads <c>{ "command": "name", "args": ["…"] }</c>, strictly.</summary>
internal static class ExecInputParser
{
    public static ExecInputOutcome Parse(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Object)
        {
            return Invalid("the input is no JSON object");
        }

        foreach (var property in input.EnumerateObject().Where(property => property.Name is not ("command" or "args")))
        {
            return Invalid($"there is no key '{property.Name}'");
        }

        if (!input.TryGetProperty("command", out var command)
            || command.ValueKind != JsonValueKind.String
            || string.IsNullOrWhiteSpace(command.GetString()))
        {
            return Invalid("'command' must be the name of a command");
        }

        if (!input.TryGetProperty("args", out var args))
        {
            return new ExecInputOutcome.Parsed(new ExecInput(command.GetString()!, []));
        }

        if (args.ValueKind != JsonValueKind.Array || args.EnumerateArray().Any(argument => argument.ValueKind != JsonValueKind.String))
        {
            return Invalid("'args' must be a list of texts, one per argument");
        }

        var arguments = args.EnumerateArray().Select(argument => argument.GetString()!).ToImmutableArray();
        return arguments.Any(argument => argument.Contains('\0'))
            ? Invalid("an argument cannot hold a NUL character")
            : new ExecInputOutcome.Parsed(new ExecInput(command.GetString()!, arguments));
    }

    private static ExecInputOutcome.Invalid Invalid(string reason) =>
        new($"{reason}. Expected: {{ \"command\": \"name\", \"args\": [\"first\", \"second\"] }}");
}
