using System.Text.Json;
using Holdfast.Tests.Faults.Weather;

namespace Holdfast.Tests.Faults.Traffic;

/// <summary>
/// Sends what is planned to whichever deployment answers, each message until it is accepted, and some again. A try that is given up may
/// still arrive: its request is left to itself, as a network would.
/// </summary>
public sealed class Sender(RunPlan plan, IReadOnlyList<Deployment> deployments, Chronicle chronicle)
{
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromMinutes(5);

    /// <summary>Completes when every message was accepted, or given up by its sender.</summary>
    public async Task<IReadOnlyList<SentMessage>> SendAllAsync(CancellationToken stop)
    {
        var conversations = Enumerable.Range(0, plan.Sessions).Select(plan.ConversationOf).ToArray();
        var sent = plan.Messages.Select(message => new SentMessage(message, conversations[message.Session])).ToArray();
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(sent.GroupBy(message => message.Plan.Session).Select(session => SendSessionAsync([.. session], started, stop)));
        return sent;
    }

    private async Task SendSessionAsync(IReadOnlyList<SentMessage> messages, long started, CancellationToken stop)
    {
        var sending = new List<Task>();
        foreach (var message in messages)
        {
            var wait = message.Plan.At - TimeProvider.System.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, stop);
            }

            if (message.Plan.WaitsForPrevious && sending.Count > 0)
            {
                await sending[^1];
            }

            sending.Add(SendAsync(message, stop));
        }

        await Task.WhenAll(sending);
    }

    private async Task SendAsync(SentMessage message, CancellationToken stop)
    {
        var random = Seeds.Random(plan.Seed, message.Plan.Number);
        var request = message.Conversation.Compose(message.Plan.Text, message.Plan.Token);
        var first = random.Next(deployments.Count);
        if (message.Plan.ComesTwiceAtOnce)
        {
            chronicle.Note(FaultNames.Sender + ": twice at once", message.Plan.Token);
            await Task.WhenAll(UntilToldAsync(message, request, first, random, stop), UntilToldAsync(message, request, first + 1, new Random(random.Next()), stop));
        }
        else
        {
            await UntilToldAsync(message, request, first, random, stop);
        }

        if (message.Plan.RedeliveredAfter is { } pause)
        {
            await Task.Delay(pause, stop);
            chronicle.Note(FaultNames.Sender + ": redelivered", message.Plan.Token);
            await UntilToldAsync(message, request, random.Next(deployments.Count), random, stop);
        }
    }

    private async Task UntilToldAsync(
        SentMessage message, Func<Harness.HoldfastApp, Task<HttpResponseMessage>> request, int first, Random random, CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var index = first; TimeProvider.System.GetElapsedTime(started) < GivesUpAfter; index = random.Next(deployments.Count))
        {
            message.Sending();
            if (await TryAsync(message, request(deployments[index % deployments.Count].App)))
            {
                return;
            }

            chronicle.Note(FaultNames.Sender + ": tried again", message.Plan.Token);
            await Task.Delay(TimeSpan.FromSeconds(0.3 + (random.NextDouble() * 1.5)), stop);
        }
    }

    /// <returns>True when there is nothing left to try.</returns>
    private static async Task<bool> TryAsync(SentMessage message, Task<HttpResponseMessage> asking)
    {
        try
        {
            using var answer = await asking.WaitAsync(message.Conversation.Patience);
            var body = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode && TurnOf(body) is { } turn)
            {
                message.Told(turn);
                return true;
            }

            if ((int)answer.StatusCode >= 500)
            {
                return false;
            }

            message.Refused((int)answer.StatusCode, body);
            return true;
        }
        catch (Exception fault) when (fault is TimeoutException or HttpRequestException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Killed, frozen, or on its way up. What is left of the request ends unseen.
            _ = asking.ContinueWith(late => late.Exception, TaskScheduler.Default);
            return false;
        }
    }

    private static string? TurnOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("turnId", out var turn) || json.RootElement.TryGetProperty("TurnId", out turn) ? turn.GetString() : null;
    }
}
