using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Channels.Schedules;
using Holdfast.Configuration.Agents;
using Holdfast.Inbox;

namespace Holdfast.Configuration.Parsing;

/// <summary>The contract of the options classes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(HoldfastConfiguration))]
[JsonSerializable(typeof(AgentConfiguration))]
[JsonSerializable(typeof(WrittenSchedule))]
[JsonSerializable(typeof(WrittenTarget))]
[JsonSerializable(typeof(WrittenTarget.Slack), TypeInfoPropertyName = "WrittenSlack")]
[JsonSerializable(typeof(WrittenTarget.GitHub), TypeInfoPropertyName = "WrittenGitHub")]
[JsonSerializable(typeof(ReplyTarget.Slack), TypeInfoPropertyName = "TargetSlack")]
[JsonSerializable(typeof(ReplyTarget.GitHub), TypeInfoPropertyName = "TargetGitHub")]
internal sealed partial class ConfigurationJson : JsonSerializerContext
{
    /// <param name="file">Tells converters where settings are looked up.</param>
    public static JsonSerializerOptions OptionsFor(ConfigurationFile file) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = Default.WithAddedModifier(LeaveOpen),
        Converters =
        {
            new SecretConverter(file), new WordConverter(), new DurationConverter(), new BaseAddressConverter(), new PatternConverter(),
            new TemplateConverter(), new InstantConverter(),
            new FormConverter<Schedule, WrittenSchedule>(), new FormConverter<ReplyTarget?, WrittenTarget>(),
        },
    };

    /// <summary>A required value that is missing is reported by the reader, with all else that is wrong.</summary>
    private static void LeaveOpen(JsonTypeInfo type)
    {
        if (type.Converter is IFormConverter)
        {
            type.PolymorphismOptions = null; // Its form is read, not what is stored of it elsewhere.
        }

        if (type.Kind == JsonTypeInfoKind.Object)
        {
            foreach (var property in type.Properties)
            {
                property.IsRequired = false;
            }
        }
    }
}

/// <summary>A converter's own words about what is wrong.</summary>
internal sealed class OptionsException(string message) : JsonException(message, path: "", lineNumber: null, bytePositionInLine: null)
{
    public override string Message { get; } = message;
}
