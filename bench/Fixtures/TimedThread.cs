using System.Globalization;
using Holdfast.Harness;
using Holdfast.Peers;

namespace Holdfast.Bench.Fixtures;

/// <summary>What a sender sees of a message. Microseconds since 1970.</summary>
/// <param name="Tag">Stands in the text: by it the model's peer knows the message again.</param>
internal sealed record SentMessage(string Tag, long SentAtMicros, long AcceptedAtMicros);

/// <summary>A Slack thread, that is: a session whose replies are handed to a channel.</summary>
internal sealed class TimedThread(string channel)
{
    private static int _messages;

    /// <summary>The first message's, under which all replies come; null before it.</summary>
    public string? Ts { get; private set; }

    public async Task<SentMessage> SayAsync(HoldfastApp app, string text = "How is it going?")
    {
        var number = Interlocked.Increment(ref _messages);
        var tag = string.Create(CultureInfo.InvariantCulture, $"[message {number}]");
        var ts = string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.{number:D6}");
        var sentAt = PeerClock.NowMicros;
        using var answer = await Harness.AppFixture.SendSlackAsync(app, channel, $"{tag} {text}", ts, Ts);
        var acceptedAt = PeerClock.NowMicros;
        answer.EnsureSuccessStatusCode();
        Ts ??= ts;
        return new SentMessage(tag, sentAt, acceptedAt);
    }
}
