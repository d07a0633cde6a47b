using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Peers.Slack;

/// <summary>Reads a call's arguments as Slack does: from the query, a form (also multipart) or a JSON body.</summary>
internal static class SlackArguments
{
    private static readonly string[] Nested = ["metadata", "blocks", "attachments"];

    public static async Task<JsonObject> ReadAsync(HttpRequest request)
    {
        var arguments = new JsonObject();
        if (request.HasJsonContentType())
        {
            var body = await JsonNode.ParseAsync(request.Body);
            arguments = body as JsonObject ?? arguments;
        }
        else if (request.HasFormContentType)
        {
            foreach (var (name, value) in await request.ReadFormAsync())
            {
                arguments[name] = value.ToString();
            }
        }

        foreach (var (name, value) in request.Query)
        {
            arguments[name] = value.ToString();
        }

        foreach (var name in Nested)
        {
            if (arguments[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String)
            {
                arguments[name] = Parse(value.GetValue<string>());
            }
        }

        return arguments;
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
