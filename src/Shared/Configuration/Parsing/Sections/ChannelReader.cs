using Holdfast.Channels;
using Holdfast.Channels.GitHub;
using Holdfast.Channels.Slack;


namespace Holdfast.Configuration.Parsing.Sections;

/// <summary>Reads channels.</summary>
internal static class ChannelReader
{
    /// <summary>Stands in for a secret that was reported as missing; the configuration it is part of is never handed out.</summary>
    public static Secret Unresolved { get; } = new("unresolved", "unresolved");

    public static ChannelsConfiguration Read(ObjectReader reader)
    {
        var channels = new ChannelsConfiguration
        {
            Slack = Optional(reader, "slack", Slack),
            GitHub = Optional(reader, "github", GitHub),
        };
        reader.Close();
        return channels;
    }

    private static T? Optional<T>(ObjectReader reader, string key, Func<ObjectReader, T> read)
        where T : class
    {
        if (!reader.Has(key))
        {
            reader.Ignore(key);
            return null;
        }

        var section = reader.Section(key);
        var channel = read(section);
        section.Close();
        return channel;
    }

    private static SlackOptions Slack(ObjectReader reader)
    {
        var basis = new SlackOptions
        {
            BotToken = SecretReader.Read(reader, "botToken") ?? Unresolved,
            SigningSecrets = SecretReader.ReadList(reader, "signingSecrets"),
            Agent = reader.Text("agent"),
        };
        return basis with
        {
            Channels = reader.Map(
                "channels", isRequired: false, (_, channel) => new SlackChannelOptions { Agent = channel.Text("agent") }, WhatIsWrongWithSlackId),
            ApiBaseUrl = BaseUrl(reader, basis.ApiBaseUrl),
        };
    }

    private static string? WhatIsWrongWithSlackId(string id) => DeliveryReader.IsSlackChannel(id)
        ? null
        : "must be a channel's id such as C0123ABCD, not its name";

    private static GitHubOptions GitHub(ObjectReader reader)
    {
        var basis = new GitHubOptions { Credential = Credential(reader) };
        return basis with { ApiBaseUrl = BaseUrl(reader, basis.ApiBaseUrl) };
    }

    private static GitHubCredential Credential(ObjectReader reader)
    {
        if (reader.Has("token") == reader.Has("app"))
        {
            reader.Ignore("token");
            reader.Ignore("app");
            reader.File.Report(reader.Path, "must have one of the keys token and app, and not both");
            return new GitHubCredential.Token(Unresolved);
        }

        if (reader.Has("token"))
        {
            reader.Ignore("app");
            return new GitHubCredential.Token(SecretReader.Read(reader, "token") ?? Unresolved);
        }

        reader.Ignore("token");
        var section = reader.Section("app");
        var app = new GitHubCredential.App(
            section.OptionalWholeNumber("appId", 1, long.MaxValue, isRequired: true) ?? 1,
            SecretReader.Read(section, "privateKey") ?? Unresolved,
            section.OptionalWholeNumber("installationId", 1, long.MaxValue));
        section.Close();
        return app;
    }

    private static Uri BaseUrl(ObjectReader reader, Uri fallback)
    {
        const string Key = "apiBaseUrl";
        if (reader.OptionalText(Key) is not { } text)
        {
            return fallback;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0)
        {
            return url.AbsolutePath.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
        }

        reader.File.Report(reader.KeyPath(Key), "must be an https address without user, query or fragment (http on loopback only)");
        return fallback;
    }
}
