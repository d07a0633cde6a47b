using System.Text.Json;
using Amazon.Runtime.Documents;

namespace Holdfast.Models.Bedrock;

/// <summary>JSON as the SDK's open content. Whole numbers beyond 64 bits and fractions become doubles: it has nothing finer.</summary>
internal static class JsonDocuments
{
    public static Document From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => new Document(MembersOf(json)),
        JsonValueKind.Array => new Document(ItemsOf(json)),
        JsonValueKind.String => new Document(json.GetString()),
        JsonValueKind.Number => NumberOf(json),
        JsonValueKind.True => new Document(true),
        JsonValueKind.False => new Document(false),
        _ => default,
    };

    private static Document NumberOf(JsonElement json) =>
        json.TryGetInt32(out var number) ? new Document(number)
        : json.TryGetInt64(out var large) ? new Document(large)
        : new Document(json.GetDouble());

    private static Dictionary<string, Document> MembersOf(JsonElement json)
    {
        var members = new Dictionary<string, Document>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            members[member.Name] = From(member.Value);
        }

        return members;
    }

    private static List<Document> ItemsOf(JsonElement json)
    {
        var items = new List<Document>(json.GetArrayLength());
        foreach (var item in json.EnumerateArray())
        {
            items.Add(From(item));
        }

        return items;
    }
}
