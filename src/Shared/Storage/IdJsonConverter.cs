using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Storage;

/// <summary>A name that is a type of its own, so that two kinds of names are never taken for each other.</summary>
/// <typeparam name="TSelf">The type that implements it.</typeparam>
public interface IId<TSelf>
    where TSelf : class, IId<TSelf>
{
    /// <summary>The name as text, and as JSON.</summary>
    string Value { get; }

    /// <exception cref="FormatException">The text is no such name.</exception>
    static abstract TSelf Parse(string value);
}

/// <summary>An id in JSON is its text; a text that is none makes the record unreadable, as any other JSON that does not fit.</summary>
public sealed class IdJsonConverter<TId> : JsonConverter<TId>
    where TId : class, IId<TId>
{
    /// <exception cref="JsonException">No text, or not that of such an id.</exception>
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException($"A {typeof(TId).Name} is a text.");
        }

        try
        {
            return TId.Parse(reader.GetString()!);
        }
        catch (FormatException fault)
        {
            throw new JsonException(fault.Message, fault);
        }
    }

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
