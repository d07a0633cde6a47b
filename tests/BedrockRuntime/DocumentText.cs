using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.Runtime.Documents;
using Amazon.Runtime.Documents.Internal.Transform;

namespace Holdfast.BedrockRuntime.Tests;

/// <summary>Writes free JSON as the core does.</summary>
internal sealed class DocumentText : JsonConverter<Document>
{
    public override Document Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, Document value, JsonSerializerOptions options)
        => DocumentMarshaller.Instance.Write(writer, value);
}
