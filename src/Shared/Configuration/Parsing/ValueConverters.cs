using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Holdfast.Channels;
using Holdfast.Channels.Hooks;

namespace Holdfast.Configuration.Parsing;

/// <summary>A value that is written as a text.</summary>
internal abstract class TextConverter<T> : JsonConverter<T>
{
    /// <exception cref="OptionsException">It is none, in words for whoever wrote it.</exception>
    /// <exception cref="JsonException">It is none, and what is expected says enough.</exception>
    protected abstract T Parse(string text);

    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException());

    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>Durations as <see cref="DurationText"/> reads them.</summary>
internal sealed class DurationConverter : TextConverter<TimeSpan>
{
    protected override TimeSpan Parse(string text) => DurationText.Parse(text) ?? throw new JsonException();
}

/// <summary>Secrets: names of settings in the file, values from the settings. Never shows what it found.</summary>
internal sealed class SecretConverter(ConfigurationFile file) : TextConverter<Secret>
{
    public const string Expected = "the name of a setting, such as \"env:SLACK_BOT_TOKEN\"; a secret itself does not belong into this file";
    private const string Prefix = "env:";

    protected override Secret Parse(string text)
    {
        var name = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : string.Empty;
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or ':'))
        {
            throw new JsonException();
        }

        var value = file.Settings(name);
        if (string.IsNullOrWhiteSpace(value))
        {
            throw new OptionsException($"the setting {name} is not set");
        }

        file.NoteSecret(value);

        // What the platform leaves in place of the value when it may not read the vault.
        return value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal)
            ? throw new OptionsException(
                $"the setting {name} is a Key Vault reference that was not resolved; see the app's access to the vault")
            : new Secret(name, value);
    }
}

/// <summary>The members of an enum, in lower case.</summary>
internal sealed class WordConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    private sealed class Of<T> : TextConverter<T>
        where T : struct, Enum
    {
        protected override T Parse(string text)
        {
            var words = Rules.Words(typeof(T)).ToList();
            return words.IndexOf(text) is >= 0 and var index
                ? Enum.Parse<T>(Enum.GetNames<T>()[index])
                : throw new OptionsException($"must be one of: {string.Join(", ", words)}{NearestName.Hint(text, words)}");
        }
    }
}

/// <summary>The address of an API, with a slash at its end.</summary>
internal sealed class BaseAddressConverter : TextConverter<Uri>
{
    protected override Uri Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
        && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? url.AbsolutePath.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/")
            : throw new OptionsException("must be an https address without user, query or fragment (http on loopback only)");
}

/// <summary>A pattern for a whole argument.</summary>
internal sealed class PatternConverter : TextConverter<Regex>
{
    protected override Regex Parse(string text)
    {
        try
        {
            // By itself first: half of it might close the group around it.
            _ = new Regex(text, RegexOptions.NonBacktracking);
            return new Regex($@"\A(?:{text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new OptionsException("is no regular expression that can be matched without backtracking");
        }
    }
}

/// <summary>A template with the placeholders of GitHub hooks, which are those of all hooks; see <see cref="ReferenceValidator"/>.</summary>
internal sealed class TemplateConverter : TextConverter<Template>
{
    protected override Template Parse(string text) => TemplateParser.Parse(text, TemplateValues.GitHubNames) switch
    {
        _ when string.IsNullOrWhiteSpace(text) => throw new OptionsException("must not be blank"),
        TemplateParseOutcome.Parsed parsed => parsed.Template,
        TemplateParseOutcome.Invalid invalid => throw new OptionsException(invalid.Reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
