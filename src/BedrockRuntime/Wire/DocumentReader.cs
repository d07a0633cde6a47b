using System.Text.Json;
using Amazon.Runtime.Documents;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>Reads free JSON into the core's <see cref="Document"/>; a number takes the smallest type that holds it.</summary>
internal static class DocumentReader
{
    /// <summary>Reads the value that the reader stands on and leaves the reader on its last token.</summary>
    public static Document Read(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.String => new Document(json.GetString()),
        JsonTokenType.True => new Document(true),
        JsonTokenType.False => new Document(false),
        JsonTokenType.Number => ReadNumber(ref json),
        JsonTokenType.StartArray => ReadArray(ref json),
        JsonTokenType.StartObject => ReadObject(ref json),
        _ => default,
    };

    private static Document ReadNumber(ref Utf8JsonReader json)
    {
        if (json.TryGetInt32(out var small))
        {
            return new Document(small);
        }

        return json.TryGetInt64(out var large) ? new Document(large) : new Document(json.GetDouble());
    }

    private static Document ReadArray(ref Utf8JsonReader json)
    {
        var items = new List<Document>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Read(ref json));
        }

        return new Document(items);
    }

    private static Document ReadObject(ref Utf8JsonReader json)
    {
        var members = new Dictionary<string, Document>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            members[name] = Read(ref json);
        }

        return new Document(members);
    }
}
