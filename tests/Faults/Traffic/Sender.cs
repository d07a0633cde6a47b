using System.Text.Json;
using Holdfast.Tests.Faults.Injection;

namespace Holdfast.Tests.Faults.Traffic;

/// <summary>
/// Sends what is planned to whichever deployment answers, each message until it is accepted, and some again. A try that is given up may
/// still arrive: its request is left to itself, as a network would.
/// </summary>
/// <param name="mayBeSent">Completes when the message of this number may be sent, whatever the plan says; null for the plan alone.</param>
public sealed class Sender(RunPlan plan, IReadOnlyList<Deployment> deployments, FaultLog log, Func<int, Task>? mayBeSent = null)
{
    /// <summary>Of one message's sender; long after the last one is due.</summary>
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromMinutes(8);

    private readonly long _started = TimeProvider.System.GetTimestamp();

    private TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_started);

    /// <summary>Completes when every message was accepted, or given up by its sender.</summary>
    public async Task<IReadOnlyList<SentMessage>> SendAllAsync()
    {
        var conversations = Enumerable.Range(0, plan.Sessions).Select(plan.ConversationOf).ToArray();
        var sent = plan.Messages.Select(message => new SentMessage(message, conversations[message.Session])).ToArray();
        await Task.WhenAll(sent.GroupBy(message => message.Plan.Session).Select(session => SendSessionAsync([.. session])));
        return sent;
    }

    private async Task SendSessionAsync(IReadOnlyList<SentMessage> messages)
    {
        var sending = new List<Task>();
        foreach (var message in messages)
        {
            var wait = message.Plan.At - Elapsed;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            await (mayBeSent?.Invoke(message.Plan.Number) ?? Task.CompletedTask);
            if (message.Plan.WaitsForPrevious && sending.Count > 0)
            {
                await sending[^1];
            }

            sending.Add(SendAsync(message));
        }

        await Task.WhenAll(sending);
    }

    private async Task SendAsync(SentMessage message)
    {
        var random = Seeds.Random(plan.Seed, message.Plan.Number);
        var request = message.Conversation.Compose(message.Plan.Text, message.Plan.Token);
        var first = random.Next(deployments.Count);
        if (message.Plan.ComesTwiceAtOnce)
        {
            log.Note(FaultNames.Sender + ": twice at once", message.Plan.Token);
            await Task.WhenAll(
                UntilToldAsync(message, request, first, random), UntilToldAsync(message, request, first + 1, new Random(random.Next())));
        }
        else
        {
            await UntilToldAsync(message, request, first, random);
        }

        if (message.Plan.RedeliveredAfter is { } pause)
        {
            await Task.Delay(pause);
            log.Note(FaultNames.Sender + ": redelivered", message.Plan.Token);
            await UntilToldAsync(message, request, random.Next(deployments.Count), random);
        }
    }

    private async Task UntilToldAsync(
        SentMessage message, Func<Harness.HoldfastApp, Task<HttpResponseMessage>> request, int first, Random random)
    {
        var began = Elapsed;
        for (var index = first; Elapsed - began < GivesUpAfter; index = random.Next(deployments.Count))
        {
            message.Sending();
            if (await TryAsync(message, request(deployments[index % deployments.Count].App)))
            {
                return;
            }

            log.Note(FaultNames.Sender + ": tried again", message.Plan.Token);
            await Task.Delay(TimeSpan.FromSeconds(0.3 + (random.NextDouble() * 1.5)));
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
        catch (Exception fault) when (fault is TimeoutException
            or HttpRequestException
            or OperationCanceledException
            or ObjectDisposedException
            or IOException)
        {
            // Killed, frozen, or on its way up. What is left of the request ends unseen.
            _ = asking.ContinueWith(late => late.Exception, TaskScheduler.Default);
            return false;
        }
    }

    private static string? TurnOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("turnId", out var turn) || json.RootElement.TryGetProperty("TurnId", out turn)
            ? turn.GetString()
            : null;
    }
}
