using System.Globalization;
using Holdfast.Tests.Faults.Injection;

namespace Holdfast.Tests.Faults;

/// <summary>What was killed in mid-stream, and how long it took until the model was asked again for an answer that was cut. Pure.</summary>
internal static class KillTable
{
    public static IEnumerable<string> Of(RunResult result)
    {
        yield return Row("kill -9 of", "kills", "streams cut", "asked again after, median", "at most");
        foreach (var part in Enum.GetValues<AppPart>())
        {
            yield return RowOf(FaultNames.Of(part), result, [.. result.Kills.Where(kill => kill.Part == part)]);
        }

        yield return RowOf(string.Create(CultureInfo.InvariantCulture, $"all, of {result.Plan.Kills}"), result, result.Kills);
    }

    private static string RowOf(string name, RunResult result, IReadOnlyList<Kill> kills)
    {
        var waits = kills.Select(kill => AskedAgainAfter(result, kill)).OfType<TimeSpan>().Order().ToList();
        return Row(
            name,
            kills.Count.ToString(CultureInfo.InvariantCulture),
            kills.Sum(kill => kill.StreamsCut.Count).ToString(CultureInfo.InvariantCulture),
            waits.Count == 0 ? "-" : Seconds(waits[waits.Count / 2]),
            waits.Count == 0 ? "-" : Seconds(waits[^1]));
    }

    /// <summary>Null when every answer that was under way came to its end.</summary>
    private static TimeSpan? AskedAgainAfter(RunResult result, Kill kill)
    {
        var cut = result.Evidence.Answers.Where(answer => kill.StreamsCut.Any(stream => stream.ArrivedAt == answer.AskedAt))
            .Select(answer => answer.Message)
            .ToHashSet();
        var again = result.Evidence.Answers.Where(answer => cut.Contains(answer.Message) && answer.AskedAt > kill.At)
            .Select(answer => answer.AskedAt - kill.At);
        return again.Order().Select(wait => (TimeSpan?)wait).FirstOrDefault();
    }

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");

    private static string Row(string name, params ReadOnlySpan<string> cells)
    {
        var (kills, streams, median, most) = (cells[0], cells[1], cells[2], cells[3]);
        return string.Create(CultureInfo.InvariantCulture, $"  {name,-12} {kills,6} {streams,12} {median,26} {most,9}");
    }
}
