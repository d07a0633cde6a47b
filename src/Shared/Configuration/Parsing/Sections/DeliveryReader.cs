using Holdfast.Channels;


namespace Holdfast.Configuration.Parsing.Sections;

/// <summary>Reads where an answer goes.</summary>
internal static class DeliveryReader
{
    private enum Kind
    {
        None = 1,
        Comment = 2,
        Slack = 3,
        GitHub = 4,
    }

    public static bool IsSlackChannel(string id) =>
        id.Length is >= 2 and <= 32
        && id[0] is 'C' or 'D' or 'G' or 'U'
        && id.All(character => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character));

    /// <param name="key">The key of the object, <c>reply</c> or <c>deliver</c>.</param>
    /// <param name="mayComment">The event has an issue or pull request to comment on.</param>
    public static DeliveryTarget Read(ObjectReader owner, string key, DeliveryTarget fallback, bool mayComment)
    {
        if (!owner.Has(key))
        {
            owner.Ignore(key);
            return fallback;
        }

        var reader = owner.Section(key);
        DeliveryTarget target = Kinds(reader, mayComment) switch
        {
            Kind.Comment => new DeliveryTarget.Comment(),
            Kind.Slack => Slack(reader),
            Kind.GitHub => GitHub(reader),
            _ => new DeliveryTarget.None(),
        };
        reader.Close();
        return target;
    }

    private static Kind Kinds(ObjectReader reader, bool mayComment) => mayComment
        ? reader.Choice<Kind>("kind", null, ("none", Kind.None), ("comment", Kind.Comment), ("slack", Kind.Slack), ("github", Kind.GitHub))
        : reader.Choice<Kind>("kind", null, ("none", Kind.None), ("slack", Kind.Slack), ("github", Kind.GitHub));

    private static DeliveryTarget.Slack Slack(ObjectReader reader)
    {
        var channel = reader.Text("channel");
        if (channel.Length > 0 && !IsSlackChannel(channel))
        {
            reader.File.Report(reader.KeyPath("channel"), channel, "must be a channel's id such as C0123ABCD, not its name");
        }

        var thread = reader.OptionalText("thread");
        if (thread is not null && !thread.All(character => char.IsAsciiDigit(character) || character == '.'))
        {
            reader.File.Report(reader.KeyPath("thread"), thread, "must be a message's ts such as 1716239022.000100");
        }

        return new DeliveryTarget.Slack(channel, thread);
    }

    private static DeliveryTarget.GitHub GitHub(ObjectReader reader)
    {
        var repository = reader.Text("repository");
        if (repository.Length > 0 && !IsRepository(repository))
        {
            reader.File.Report(reader.KeyPath("repository"), repository, "must be owner/name");
        }

        return new DeliveryTarget.GitHub(repository, (int)(reader.OptionalWholeNumber("number", 1, int.MaxValue, isRequired: true) ?? 1));
    }

    private static bool IsRepository(string text) =>
        text.Split('/') is [{ Length: > 0 } owner, { Length: > 0 } name]
        && (owner + name).All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');
}
