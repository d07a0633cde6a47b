using System.Text.Json;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

/// <summary>In JSON an id is its text, as it was before it had a type.</summary>
public sealed class IdJsonTests
{
    private const string Hex = "0123456789abcdef0123456789abcdef";

    public static TheoryData<object, string> Ids => new()
    {
        { TurnId.Parse(Hex), Hex },
        { RunId.Parse($"{Hex}.2"), $"{Hex}.2" },
        { SessionId.Parse(Hex), Hex },
        { SessionKey.Parse("agent:main:http:a"), "agent:main:http:a" },
        { DeliveryId.Parse("http:a"), "http:a" },
        { EntryId.Parse("0123456789abcdef"), "0123456789abcdef" },
        { BlobPath.Parse("inbox/a/b.json"), "inbox/a/b.json" },
        { BlobETag.Parse("0x8D"), "0x8D" },
        { LeaseId.Parse("01234567-89ab-cdef-0123-456789abcdef"), "01234567-89ab-cdef-0123-456789abcdef" },
    };

    [Theory]
    [MemberData(nameof(Ids))]
    public void Serialize_AnId_IsItsText(object id, string text)
    {
        JsonSerializer.Serialize(id, id.GetType()).ShouldBe($"\"{text}\"");
        JsonSerializer.Deserialize($"\"{text}\"", id.GetType()).ShouldBe(id);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Deserialize_WhenItIsNoSuchId_IsNoJsonOfOurs(object id, string text)
    {
        _ = text;
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize("\"\"", id.GetType()));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize("7", id.GetType()));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize("{\"Value\":\"a\"}", id.GetType()));
        JsonSerializer.Deserialize("null", id.GetType()).ShouldBeNull();
    }
}
