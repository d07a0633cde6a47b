using System.Globalization;
using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Tests.Faults.Proof;

namespace Holdfast.Tests.Faults;

/// <summary>A run in words: what was done to the system, what it did, and the ledger. Pure.</summary>
public static class RunReport
{
    public static IEnumerable<string> Of(RunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Plan.Kills is null
            ? [.. Turns(result), .. Faults(result), .. Coping(result), .. Ledger(result)]
            : [.. Turns(result), .. KillTable.Of(result), .. Coping(result), .. Ledger(result)];
    }

    private static IEnumerable<string> Turns(RunResult result)
    {
        var (plan, deployments) = (result.Plan, result.Logs.Count == 1 ? "1 deployment" : Text($"{result.Logs.Count} deployments"));
        var to = Text($"{plan.Messages.Count} messages to {plan.Sessions} sessions through {deployments}");
        yield return Text($"{to}, seed {plan.Seed}, in {result.Tally.Took.TotalSeconds:0} s");
        foreach (var channel in result.Evidence.Messages.GroupBy(message => message.Channel).OrderBy(group => group.Key))
        {
            var endings = channel.SelectMany(message => message.Turns).Distinct()
                .Select(turn => result.Evidence.Receipts.GetValueOrDefault(turn)).GroupBy(receipt => Named(receipt?.Ending))
                .OrderBy(group => group.Key);
            var counts = string.Join(", ", endings.Select(ending => Text($"{ending.Count()} {ending.Key}")));
            yield return Text($"  {channel.Key,-7} {channel.Count(),4}: {counts}");
        }
    }

    private static string Named(TurnEnding? ending) => ending switch
    {
        TurnEnding.Replied => "replied",
        TurnEnding.Superseded => "parked",
        null => "without an outcome",
        _ => "notice",
    };

    private static IEnumerable<string> Faults(RunResult result)
    {
        yield return "faults:";
        var (log, tally) = (result.FaultLog, result.Tally);
        var starts = Text($"{log.Count(FaultNames.FailedStart)} × {FaultNames.FailedStart}");
        yield return Text($"  {FaultNames.Kill,-9} {Group(log, FaultNames.Kill + ": ")}, {starts}");
        yield return Text($"  {FaultNames.Pause,-9} {Group(log, FaultNames.Pause + ": ")}, of 16 s to 40 s");
        var storage = Group(log, FaultNames.Storage + ": ");
        yield return Text($"  {FaultNames.Storage,-9} {tally.StorageRequests} requests, {tally.Squalls} squalls: {storage}");
        yield return Text(
            $"  {FaultNames.TaskHub,-9} {tally.TaskHubRequests} requests, {tally.Stalls} stalls: {Group(log, FaultNames.TaskHub + ": ")}");
        foreach (var peer in new[] { FaultNames.Model, FaultNames.Slack, FaultNames.GitHub, FaultNames.Sender })
        {
            yield return Text($"  {peer,-9} {Group(log, peer + ": ")}");
        }
    }

    private static IEnumerable<string> Coping(RunResult result)
    {
        var receipts = result.Evidence.Receipts.Values.ToList();
        var verdicts = receipts.SelectMany(receipt => receipt.Tally.Verdicts).GroupBy(verdict => verdict.Key).OrderBy(group => group.Key)
            .Select(group => Text($"{group.Sum(verdict => verdict.Value)} {group.Key}"));
        var attempts = result.Evidence.Transcripts.SelectMany(transcript => transcript.Entries)
            .Where(entry => RunId.TryParse(entry.Provenance?.RunId ?? "") is not null)
            .GroupBy(entry => entry.Provenance!.RunId).Select(run => run.Max(entry => entry.Provenance!.Attempt)).ToList();
        yield return "what the app met:";
        yield return Text($"  {result.Tally.Lapses} lapsed leases, {result.Tally.StorageGivenUp} lines on storage that stayed away");
        var (again, most) = (attempts.Count(attempt => attempt > 1), attempts.DefaultIfEmpty().Max());
        yield return Text($"  {again} of {attempts.Count} runs took more than one attempt, at most {most}");
        yield return Text($"  verdicts of the fence, in receipts: {string.Join(", ", verdicts.DefaultIfEmpty("none"))}");
        yield return Text($"  {result.Tally.Snapshots} transcript snapshots compared");
    }

    private static IEnumerable<string> Ledger(RunResult result)
    {
        foreach (var sentence in result.Restless)
        {
            yield return $"not at rest in time: {sentence}";
        }

        yield return "ledger:";
        foreach (var fault in result.Faults)
        {
            yield return $"  {fault}";
        }

        yield return "  "
            + string.Join(
                ", ",
                Enum.GetValues<FaultKind>().Select(kind => Text($"{result.Faults.Count(fault => fault.Kind == kind)} {NameOf(kind)}")));
    }

    private static string NameOf(FaultKind kind) => kind switch
    {
        FaultKind.Lost => "lost",
        FaultKind.Doubled => "doubled",
        FaultKind.Silent => "silent",
        FaultKind.BrokenPrefix => "broken prefixes",
        FaultKind.Overlap => "overlaps",
        FaultKind.OutOfOrder => "out of order",
        FaultKind.WrongText => "wrong texts",
        FaultKind.Unfounded => "unfounded notices",
        FaultKind.BadTranscript => "bad transcripts",
        FaultKind.NotTaken => "not taken",
        FaultKind.Unasked => "unasked",
        FaultKind.Leaked => "leaked",
        FaultKind.Died => "died",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Group(FaultLog log, string prefix) => string.Join(
        ", ",
        log.Kinds.Where(kind => kind.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(kind => Text($"{log.Count(kind)} × {kind[prefix.Length..]}")));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
