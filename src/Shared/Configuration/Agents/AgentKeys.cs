using System.Text.Json;
using System.Text.Json.Nodes;

using Holdfast.Configuration.Parsing;

namespace Holdfast.Configuration.Agents;

/// <summary>
/// What the convention for agent files writes in several ways, and its keys that are not served: an error where ignoring one would change
/// what the agent may do, a warning otherwise, and nothing where it says that there is nothing.
/// </summary>
internal static class AgentKeys
{
    public const string Timer = "timer_trigger";

    private static readonly string[] Refused =
        ["builtin_endpoints", "mcp", "skills", "subagents", "system_tools", "workflows"];

    /// <summary>An object with what is left out: an empty one means all there are.</summary>
    private static readonly string[] AllBut = ["mcp", "skills"];

    private static readonly string[] Ignored = ["input_schema", "logger", "response_example", "response_schema"];

    /// <summary>The keys that this knows and no options class has.</summary>
    public static IEnumerable<string> Unserved => Refused.Concat(Ignored);

    /// <summary>Leaves what the options classes bind.</summary>
    public static void Prepare(JsonObject front, ConfigurationFile file)
    {
        foreach (var key in Unserved.Where(front.ContainsKey).ToList())
        {
            Drop(key, front[key], file);
            front.Remove(key);
        }

        if (front["metadata"] is JsonObject metadata && metadata["holdfast"] is JsonObject ours && ours.Remove("channels"))
        {
            file.Report("$.metadata.holdfast.channels", "is not served: which agent answers in a channel stands in holdfast.json");
        }

        Tools(front, file);
        Trigger(front, file);
        if (front["timeout"] is JsonValue timeout && timeout.GetValueKind() == JsonValueKind.Number)
        {
            front["timeout"] = timeout.ToJsonString() + "s";
        }
    }

    private static void Drop(string key, JsonNode? value, ConfigurationFile file)
    {
        var path = JsonPath.Key(JsonPath.Root, key);
        if (Ignored.Contains(key))
        {
            file.Warn(path, "is not served and means nothing here");
        }
        else if (!SaysNothing(value) || (value is JsonObject && AllBut.Contains(key)))
        {
            file.Report(path, "is not served, and without it the agent would do something else than the file says: take it out");
        }
    }

    private static bool SaysNothing(JsonNode? value) => value switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonObject map => map.All(entry => SaysNothing(entry.Value)),
        _ => value.GetValueKind() == JsonValueKind.False,
    };

    private static void Tools(JsonObject front, ConfigurationFile file)
    {
        switch (front["tools"]?.GetValueKind())
        {
            case JsonValueKind.True:
                front["tools"] = new JsonObject();
                break;
            case JsonValueKind.False:
                front["tools"] = new JsonObject
                {
                    ["exclude"] = new JsonArray([.. ReferenceValidator.KnownTools.Select(name => JsonValue.Create(name))]),
                };
                break;
            case null or JsonValueKind.Object:
                break;
            default:
                file.Report(
                    "$.tools", JsonSerializer.SerializeToElement(front["tools"]), "must be true, false, or an object with the key exclude");
                front.Remove("tools");
                break;
        }
    }

    private static void Trigger(JsonObject front, ConfigurationFile file)
    {
        if (front["trigger"] is JsonObject trigger && trigger["type"] is JsonValue type && type.ToString() != Timer)
        {
            file.Report(
                "$.trigger.type", type.ToString(),
                $"is not served; the only trigger is {Timer}, and channels and hooks stand in holdfast.json");
            front.Remove("trigger");
        }
    }
}
