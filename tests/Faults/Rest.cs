using System.Diagnostics;
using System.Text.Json;
using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Faults.Injection;
using Holdfast.Tests.Faults.Proof;
using Holdfast.Tests.Faults.Traffic;

namespace Holdfast.Tests.Faults;

/// <summary>
/// When a system is at rest, by what it says and what it has stored, never by how long it was silent: every accepted message has its
/// receipt, no inbox holds one, no delivery is under way, nobody holds a session's lease, every orchestration waits for a signal.
/// </summary>
internal sealed class Rest(
    AppFixture fixture, EvidenceReader reader, IReadOnlyList<SentMessage> sent, IReadOnlyList<Deployment> deployments)
{
    /// <summary>What an orchestration says of itself between turns.</summary>
    private const string IdlePhase = "idle";

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<TurnId> _open = TurnsOf(sent);

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
    public async Task<IReadOnlyList<string>> ReachAsync(TimeSpan within)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await Task.Delay(LookEvery);
            var isLate = Stopwatch.GetElapsedTime(started) > within;
            var restless = await RestlessAsync(all: isLate);
            if (restless.Count == 0 || isLate)
            {
                return restless;
            }
        }
    }

    /// <param name="all">Names everything; else what comes first is enough.</param>
    private async Task<IReadOnlyList<string>> RestlessAsync(bool all)
    {
        Func<Task<IEnumerable<string>>>[] looks = [OpenAsync, PendingAsync, DeliveriesAsync, AtWorkAsync, LeasesAsync];
        var found = new List<string>();
        foreach (var look in looks)
        {
            if (all || found.Count == 0)
            {
                found.AddRange(await look());
            }
        }

        return found;
    }

    private async Task<IEnumerable<string>> OpenAsync()
    {
        await RemoveEndedAsync(fixture, _open);
        return _open.Select(turn => $"turn {turn.Value} has no receipt");
    }

    private async Task<IEnumerable<string>> PendingAsync() =>
        (await reader.PendingAsync()).Select(delivery => $"delivery {delivery} is in an inbox");

    private async Task<IEnumerable<string>> DeliveriesAsync()
    {
        var sending = new List<string>();
        foreach (var turn in TurnsOf(sent))
        {
            if (await fixture.Outbox.FindAsync(turn, CancellationToken.None) is { Record.State: OutboxState.Sending } entry)
            {
                sending.Add($"the delivery of turn {turn.Value} is {entry.Record.State}");
            }
        }

        return sending;
    }

    private async Task<IEnumerable<string>> LeasesAsync()
    {
        var held = new List<string>();
        foreach (var path in await fixture.ListAsync("sessions/"))
        {
            if (await fixture.Blobs.ReadAsync(BlobPath.Parse(path), 0, maxBytes: 0, CancellationToken.None) is { IsLeased: true })
            {
                held.Add($"the lease on {path} is held");
            }
        }

        return held;
    }

    private async Task<IEnumerable<string>> AtWorkAsync()
    {
        var found = new List<string>();
        foreach (var deployment in deployments.Where(deployment => !deployment.App.Process.HasExited))
        {
            foreach (var key in sent.Select(message => message.Conversation.SessionKey).Distinct())
            {
                if (await deployment.App.InstanceAsync(key) is { } instance && IsAtWork(instance))
                {
                    var (status, since) = (instance.GetProperty("runtimeStatus"), instance.GetProperty("lastUpdatedTime"));
                    found.Add($"{key} of {deployment.Name} is {status}, {instance.GetProperty("customStatus")} since {since}");
                }
            }
        }

        return found;
    }

    private static HashSet<TurnId> TurnsOf(IEnumerable<SentMessage> sent) =>
        [.. sent.SelectMany(message => message.Turns).Select(TurnId.Parse)];

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

    /// <remarks>
    /// A start whose answer was lost may put its "pending" over an instance that runs by then; the engine leaves it. What the instance
    /// says of itself tells.
    /// </remarks>
    private static bool IsAtWork(JsonElement instance) =>
        instance.GetProperty("runtimeStatus").GetString() is "Pending" or "Running" or "ContinuedAsNew"
        && PhaseOf(instance) != IdlePhase;

    private static string? PhaseOf(JsonElement instance) =>
        instance.GetProperty("customStatus") is { ValueKind: JsonValueKind.Object } status ? status.GetProperty("phase").GetString() : null;
}
