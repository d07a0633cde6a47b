using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Holdfast.Storage;

namespace Holdfast.Sessions;

/// <summary>
/// One try at a turn: <c>{turn}.{number}</c>. A turn that was taken over is queued again under the next number; a crashed or retried
/// execution keeps the number and raises the attempt.
/// </summary>
[JsonConverter(typeof(IdJsonConverter<RunId>))]
public sealed partial record RunId : IId<RunId>
{
    private RunId(TurnId turn, int number)
    {
        Turn = turn;
        Number = number;
        Value = string.Create(CultureInfo.InvariantCulture, $"{turn.Value}.{number}");
    }

    public string Value { get; }

    public TurnId Turn { get; }

    /// <summary>1 for the first try.</summary>
    public int Number { get; }

    public static RunId First(TurnId turn) => new(turn, 1);

    public RunId Next() => new(Turn, Number + 1);

    /// <exception cref="FormatException">The text is no run id.</exception>
    public static RunId Parse(string value) => TryParse(value) ?? throw new FormatException("A run id reads {turn}.{number}.");

    /// <returns>Null when the text is no run id of a turn (for example that of a side writer).</returns>
    public static RunId? TryParse(string value) =>
        Shape().Match(value) is { Success: true } match
            ? new RunId(TurnId.Parse(match.Groups["turn"].Value), int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    /// <returns>The turn that a run of this id tries; null when the text is no run id of a turn.</returns>
    public static TurnId? TurnOf(string value) => Shape().IsMatch(value) ? TurnId.Parse(value[..32]) : null;

    public override string ToString() => Value;

    [GeneratedRegex(@"\A(?<turn>[0-9a-f]{32})\.(?<number>[1-9][0-9]{0,3})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
