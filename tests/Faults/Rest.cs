using System.Diagnostics;
using System.Text.Json;
using Holdfast.Harness;
using Holdfast.Sessions;
using Holdfast.Tests.Faults.Proof;
using Holdfast.Tests.Faults.Traffic;
using Holdfast.Tests.Faults.Injection;

namespace Holdfast.Tests.Faults;

/// <summary>When a system is at rest: every accepted message has its receipt, no inbox holds one, every orchestration waits for a signal.</summary>
internal static class Rest
{
    /// <summary>What an orchestration says of itself between turns.</summary>
    private const string IdlePhase = "idle";

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until all but a tenth of the accepted messages have their receipts, or as long as it may.</summary>
    public static async Task NearAsync(AppFixture fixture, IReadOnlyList<SentMessage> sent, TimeSpan within)
    {
        var started = Stopwatch.GetTimestamp();
        var open = TurnsOf(sent);
        while (open.Count > sent.Count / 10 && Stopwatch.GetElapsedTime(started) < within)
        {
            await Task.Delay(LookEvery);
            await RemoveEndedAsync(fixture, open);
        }
    }

    /// <returns>A sentence for each that is not at rest in time; the ledger says what is missing.</returns>
    public static async Task<IReadOnlyList<string>> ReachAsync(
        AppFixture fixture, EvidenceReader reader, IReadOnlyList<SentMessage> sent, IReadOnlyList<Deployment> deployments, TimeSpan within)
    {
        var started = Stopwatch.GetTimestamp();
        var keys = sent.Select(message => message.Conversation.SessionKey).Distinct().ToList();
        var open = TurnsOf(sent);
        while (true)
        {
            await Task.Delay(LookEvery);
            await RemoveEndedAsync(fixture, open);
            var isDone = open.Count == 0 && (await reader.PendingAsync()).Count == 0;
            var isLate = Stopwatch.GetElapsedTime(started) > within;
            if (isDone || isLate)
            {
                var atWork = await AtWorkAsync(keys, deployments, all: isLate);
                if (isLate || atWork.Count == 0)
                {
                    return isDone ? atWork : [.. atWork, "messages are open"];
                }
            }
        }
    }

    private static HashSet<TurnId> TurnsOf(IEnumerable<SentMessage> sent) => [.. sent.SelectMany(message => message.Turns).Select(TurnId.Parse)];

    private static async Task RemoveEndedAsync(AppFixture fixture, HashSet<TurnId> open)
    {
        foreach (var turn in open.ToList())
        {
            if (await fixture.Receipts.FindAsync(turn, CancellationToken.None) is not null)
            {
                open.Remove(turn);
            }
        }
    }

    private static async Task<List<string>> AtWorkAsync(IReadOnlyList<string> keys, IReadOnlyList<Deployment> deployments, bool all)
    {
        var found = new List<string>();
        foreach (var deployment in deployments.Where(deployment => !deployment.App.Process.HasExited))
        {
            foreach (var key in keys)
            {
                if ((all || found.Count == 0) && await deployment.App.InstanceAsync(key) is { } instance && IsAtWork(instance))
                {
                    found.Add($"{key} of {deployment.Name} is {instance.GetProperty("runtimeStatus")}, {instance.GetProperty("customStatus")} since {instance.GetProperty("lastUpdatedTime")}");
                }
            }
        }

        return found;
    }

    private static bool IsAtWork(JsonElement instance) =>
        instance.GetProperty("runtimeStatus").GetString() is "Pending"
        || (instance.GetProperty("runtimeStatus").GetString() is "Running" or "ContinuedAsNew"
            && !(instance.GetProperty("customStatus") is { ValueKind: JsonValueKind.Object } status && status.GetProperty("phase").GetString() == IdlePhase));
}
