using System.Text.Json;

namespace Microsoft.DurableTask.Converters;

/// <summary>System.Text.Json. Under the functions host the options are those of the worker: names as declared, read without regard to case.</summary>
public class JsonDataConverter : DataConverter
{
    private static readonly JsonSerializerOptions Declared = new() { IncludeFields = true };

    private readonly JsonSerializerOptions _options;

    public JsonDataConverter(JsonSerializerOptions? options = null) => _options = options ?? Declared;

    public static JsonDataConverter Default { get; } = new();

    public override string? Serialize(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, value.GetType(), _options);

    public override object? Deserialize(string? data, Type targetType) =>
        data is null ? null : JsonSerializer.Deserialize(data, targetType, _options);
}
