using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Configuration;
using Holdfast.Configuration.Agents;

namespace Holdfast.Cli.Migrating;

/// <summary>What an old configuration file becomes.</summary>
/// <param name="Files">Path below the folder, and text.</param>
/// <param name="Notes">What is not carried over, for people.</param>
internal sealed record Migrated(IReadOnlyList<(string Path, string Text)> Files, IReadOnlyList<string> Notes);

/// <summary>Turns a configuration whose agents stand in it into one whose agents are files.</summary>
internal static class Migration
{
    private const string InFile = "file:";
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <param name="read">Reads a file that stands beside the old one.</param>
    /// <exception cref="UnusableInputException">It is no configuration.</exception>
    public static Migrated Of(byte[] old, Func<string, string> read)
    {
        try
        {
            return Turn(old.AsSpan().StartsWith("\uFEFF"u8) ? old[3..] : old, read);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            // A key that stands twice, a text that is no Unicode, a file's name that is none.
            throw new UnusableInputException($"The old file cannot be turned: {fault.Message}");
        }
    }

    private static Migrated Turn(byte[] old, Func<string, string> read)
    {
        var (root, notes) = (Parse(old), new List<string>());
        if (root["agents"] is not (null or JsonObject) || root["limits"] is not (null or JsonObject))
        {
            throw new UnusableInputException("agents and limits have to be objects.");
        }

        if (!root.ContainsKey("agents") && root["limits"]?["inboxSweepAge"] is null)
        {
            return new Migrated([], ["there is nothing to migrate: no agents stand in this file"]);
        }

        var files = new List<(string Path, string Text)>();
        foreach (var (id, agent) in root["agents"] as JsonObject ?? [])
        {
            var settings = agent as JsonObject ?? throw new UnusableInputException($"agents.{id} is no object.");
            files.Add(($"agents/{id}.agent.md", AgentText(id, settings, read)));
        }

        root.Remove("agents");
        if ((root["limits"] as JsonObject)?.Remove("inboxSweepAge") == true)
        {
            notes.Add("limits.inboxSweepAge is left out: nothing reads it");
        }

        if (Comments(old) is > 0 and var comments)
        {
            notes.Add($"{comments} comments of the old file are left out");
        }

        return new Migrated([(ConfigurationLoader.DefaultFileName, root.ToJsonString(Indented) + "\n"), .. files], notes);
    }

    private static JsonObject Parse(byte[] old)
    {
        try
        {
            return JsonNode.Parse(old, null, Lenient) as JsonObject ?? throw new UnusableInputException("The old file is no JSON object.");
        }
        catch (JsonException fault)
        {
            throw new UnusableInputException($"The old file is no JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
        }
    }

    private static int Comments(byte[] old)
    {
        var reader = new Utf8JsonReader(
            old, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Allow });
        var comments = 0;
        while (reader.Read())
        {
            comments += reader.TokenType == JsonTokenType.Comment ? 1 : 0;
        }

        return comments;
    }

    private static string AgentText(string id, JsonObject old, Func<string, string> read)
    {
        if (!AgentConfiguration.IsId(id))
        {
            throw new UnusableInputException(
                $"The agent {id} has an id that no session key takes; rename it in the old file first. "
                + "An id has lower-case letters, digits, dashes and underscores.");
        }

        if (old["session"] is not (null or JsonObject))
        {
            throw new UnusableInputException($"agents.{id}.session is no object.");
        }

        var instructions = Take(old, "instructions")?.ToString()
            ?? throw new UnusableInputException($"agents.{id} has no instructions.");
        if (instructions.StartsWith(InFile, StringComparison.Ordinal))
        {
            instructions = read(instructions[InFile.Length..]);
        }

        var yaml = YamlText.Of(FrontMatter(old, out var holdsMarks));
        var fills = holdsMarks || instructions.AsSpan().ContainsAny('$', '%') ? "substitute_variables: false\n" : "";
        return $"---\n{yaml}{fills}---\n{instructions.ReplaceLineEndings("\n").Trim()}\n";
    }

    /// <param name="holdsMarks">A value holds what would be read as a variable.</param>
    private static JsonObject FrontMatter(JsonObject old, out bool holdsMarks)
    {
        holdsMarks = old.ToJsonString(Indented).AsSpan().ContainsAny('$', '%');
        var front = new JsonObject();
        Put(front, "model", Take(old, "model"));
        if (Take(old, "maxTokens") is { } most)
        {
            front["agent_configuration"] = new JsonObject { ["max_output_tokens"] = most };
        }

        var ours = new JsonObject();
        foreach (var (key, value) in (Take(old, "session") as JsonObject ?? []).ToList())
        {
            ours[key] = value?.DeepClone();
        }

        // What is set up is offered.
        Take(old, "tools");
        foreach (var key in old.Select(entry => entry.Key).ToList())
        {
            ours[key] = Take(old, key);
        }

        if (ours.Count > 0)
        {
            front["metadata"] = new JsonObject { ["holdfast"] = ours };
        }

        return front;
    }

    private static void Put(JsonObject map, string key, JsonNode? value)
    {
        if (value is not null)
        {
            map[key] = value;
        }
    }

    private static JsonNode? Take(JsonObject map, string key)
    {
        var value = map[key];
        map.Remove(key);
        return value;
    }
}
