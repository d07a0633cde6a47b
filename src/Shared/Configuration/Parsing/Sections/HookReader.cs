using System.Collections.Immutable;
using Holdfast.Channels;
using Holdfast.Channels.Hooks;

namespace Holdfast.Configuration.Parsing.Sections;

/// <summary>Reads a hook.</summary>
internal static class HookReader
{
    // What GitHub sends at most, and so what any hook may ask for.
    private const int LargestBody = 25 * 1024 * 1024;
    private const int SmallestBody = 1024;
    private const int DefaultGenericBody = 1024 * 1024;

    private enum Kind
    {
        GitHub = 1,
        Generic = 2,
    }

    private enum Scheme
    {
        HmacSha256 = 1,
        Bearer = 2,
    }

    public static HookConfiguration Read(string name, ObjectReader reader) =>
        reader.Choice<Kind>("kind", null, ("github", Kind.GitHub), ("generic", Kind.Generic)) == Kind.Generic
            ? Generic(name, reader)
            : GitHub(name, reader);

    private static HookConfiguration.GitHub GitHub(string name, ObjectReader reader) => new()
    {
        Name = name,
        Secret = SecretReader.Read(reader, "secret") ?? ChannelReader.Unresolved,
        Agent = reader.Text("agent"),
        SessionKey = Template(reader, "sessionKey", TemplateValues.GitHubNames, "github:{repository}:{number}"),
        Message = Template(reader, "message", TemplateValues.GitHubNames),
        Reply = DeliveryReader.Read(reader, "reply", new DeliveryTarget.Comment(), mayComment: true),
        MaxBodyBytes = reader.WholeNumber("maxBodyBytes", LargestBody, SmallestBody, LargestBody),
        Events = Events(reader),
    };

    private static HookConfiguration.Generic Generic(string name, ObjectReader reader) => new()
    {
        Name = name,
        Secret = SecretReader.Read(reader, "secret") ?? ChannelReader.Unresolved,
        Agent = reader.Text("agent"),
        SessionKey = Template(reader, "sessionKey", TemplateValues.GenericNames, $"hook:{name}"),
        Message = Template(reader, "message", TemplateValues.GenericNames),
        Reply = DeliveryReader.Read(reader, "reply", new DeliveryTarget.None(), mayComment: false),
        MaxBodyBytes = reader.WholeNumber("maxBodyBytes", DefaultGenericBody, SmallestBody, LargestBody),
        Signature = Signature(reader),
        DeliveryHeader = HeaderName(reader, "deliveryHeader", isRequired: false),
    };

    private static Template Template(ObjectReader reader, string key, IReadOnlyList<string> names, string? fallback = null)
    {
        var text = fallback is null ? reader.Text(key) : reader.OptionalText(key) ?? fallback;
        switch (TemplateParser.Parse(text, names))
        {
            case TemplateParseOutcome.Parsed parsed:
                return parsed.Template;
            case TemplateParseOutcome.Invalid invalid:
                reader.File.Report(reader.KeyPath(key), text, invalid.Reason);
                return new Template(text, []);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static ImmutableArray<string> Events(ObjectReader reader)
    {
        var events = reader.Texts("events", []);
        if (events.IsEmpty)
        {
            reader.File.Report(reader.KeyPath("events"), "must name at least one event, such as \"issue_comment.created\"");
        }

        foreach (var name in events.Where(name => !IsEvent(name)))
        {
            reader.File.Report(
                reader.KeyPath("events"),
                name,
                "must be an event or an event and its action, such as \"issue_comment.created\"");
        }

        return events;
    }

    private static bool IsEvent(string name) =>
        name.Split('.') is { Length: 1 or 2 } parts
        && parts.All(part => part.Length > 0 && part.All(character => char.IsAsciiLetterLower(character) || character == '_'));

    private static HookSignature Signature(ObjectReader owner)
    {
        var reader = owner.Section("signature");
        var scheme = reader.Choice<Scheme>("scheme", null, ("hmac-sha256", Scheme.HmacSha256), ("bearer", Scheme.Bearer));
        HookSignature signature = scheme == Scheme.Bearer
            ? new HookSignature.Bearer()
            : new HookSignature.HmacSha256(HeaderName(reader, "header", isRequired: true) ?? string.Empty, reader.OptionalText("prefix") ?? string.Empty);
        reader.Close();
        return signature;
    }

    private static string? HeaderName(ObjectReader reader, string key, bool isRequired)
    {
        var name = isRequired ? reader.Text(key) : reader.OptionalText(key);
        if (!string.IsNullOrEmpty(name) && !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
        {
            reader.File.Report(reader.KeyPath(key), name, "must be the name of an HTTP header");
        }

        return name;
    }
}
