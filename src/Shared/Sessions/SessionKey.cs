using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Holdfast.Storage;

namespace Holdfast.Sessions;

/// <summary>
/// The name under which a conversation is reached, for example <c>agent:main:slack:direct:U1:thread:1716.2</c>.
/// It outlives resets: each incarnation has a <see cref="SessionId"/> of its own.
/// </summary>
[JsonConverter(typeof(IdJsonConverter<SessionKey>))]
public sealed partial record SessionKey : IId<SessionKey>
{
    private SessionKey(string value, string agentId)
    {
        Value = value;
        AgentId = agentId;
        Hash = StableHash.Of(value);
    }

    /// <summary>
    /// 3 to 512 characters of letters, digits and <c>: . _ - / # @ + = % ~</c>, in the case it was given in. Not <c>%2F</c>: a server does
    /// not tell it from the slash of an address.
    /// </summary>
    public string Value { get; }

    /// <summary>The agent named by the key's second part.</summary>
    public string AgentId { get; }

    /// <summary>32 hex digits: the key's name in blob paths and in orchestration instance ids.</summary>
    public string Hash { get; }

    /// <exception cref="FormatException">The text is no session key.</exception>
    public static SessionKey Parse(string value) =>
        TryParse(value)
            ?? throw new FormatException(
                "A session key reads agent:{agent}:{rest}, 3 to 512 characters of letters, digits and :._-/#@+=%~, without %2F.");

    /// <returns>Null when the text is no session key.</returns>
    public static SessionKey? TryParse(string? value) =>
        value is { Length: <= 512 } && Shape().Match(value) is { Success: true } match
            ? new SessionKey(value, match.Groups["agent"].Value)
            : null;

    public override string ToString() => Value;

    [GeneratedRegex(@"\A(?!.*%2[Ff])agent:(?<agent>[A-Za-z0-9_-]{1,64}):[A-Za-z0-9:._/#@+=%~-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
