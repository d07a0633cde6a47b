using System.Globalization;

namespace Holdfast.Tests.Faults.Traffic;

/// <summary>A message that will be sent.</summary>
/// <param name="Number">From 0, in the order of <paramref name="At"/> within a session.</param>
/// <param name="Token">A word that stands in this message and its answers and nowhere else.</param>
/// <param name="At">When, from the start of the traffic.</param>
/// <param name="WaitsForPrevious">Sent once the session's message before it was accepted; else without regard to it.</param>
/// <param name="ComesTwiceAtOnce">Delivered to both deployments at the same moment.</param>
/// <param name="RedeliveredAfter">Sent once more after it was accepted; null for not.</param>
public sealed record MessagePlan(
    int Number, int Session, string Token, TimeSpan At, bool WaitsForPrevious, bool ComesTwiceAtOnce, TimeSpan? RedeliveredAfter)
{
    public string Text => $"Please say something about {Token} and take your time.";
}

/// <summary>What is sent in a run: all of it follows from the seed.</summary>
/// <param name="Kills">The only fault is that the app is killed so often in mid-stream; null for all faults.</param>
public sealed record RunPlan(int Seed, int Sessions, IReadOnlyList<MessagePlan> Messages, int? Kills = null)
{
    private const int MostSessions = 20;

    /// <summary>Time between two messages of one session, if they do not come in a burst.</summary>
    private const double LongestGapSeconds = 14;

    /// <summary>The same in a run that shall be over soon.</summary>
    private const double LongestGapSecondsOfFew = 4;

    public static RunPlan Of(int turns, int seed)
    {
        var random = Seeds.Random(seed);
        var sessions = Math.Clamp(turns / 3, 1, MostSessions);
        var gap = turns < 3 * MostSessions ? LongestGapSecondsOfFew : LongestGapSeconds;
        var at = new TimeSpan[sessions];
        var messages = new List<MessagePlan>();
        for (var number = 0; number < turns; number++)
        {
            var session = number < sessions ? number : random.Next(sessions);
            var isBurst = random.NextDouble() < 0.35;
            at[session] += TimeSpan.FromSeconds(random.NextDouble() * (isBurst ? 0.3 : gap));
            messages.Add(new MessagePlan(
                number,
                session,
                string.Create(CultureInfo.InvariantCulture, $"q{seed}x{number}x{random.Next():x8}"),
                at[session],
                WaitsForPrevious: random.NextDouble() < 0.7,
                ComesTwiceAtOnce: random.NextDouble() < 0.08,
                RedeliveredAfter: random.NextDouble() < 0.15 ? TimeSpan.FromSeconds(random.NextDouble() * 12) : null));
        }

        return new RunPlan(seed, sessions, messages);
    }

    /// <summary>Senders that send once, and a model that does not fail; when each message is sent, the kills decide.</summary>
    public static RunPlan OfKills(int kills, int turns, int seed)
    {
        var plan = Of(turns, seed);
        return plan with
        {
            Kills = kills,
            Messages = [.. plan.Messages.Select(
                message => message with { At = TimeSpan.Zero, ComesTwiceAtOnce = false, RedeliveredAfter = null })],
        };
    }

    public Conversation ConversationOf(int session) => (session % 5) switch
    {
        0 or 2 => new Conversation.Slack(string.Create(CultureInfo.InvariantCulture, $"C0FAULTS{session:D2}")),
        1 => new Conversation.GitHub(1000 + session),
        _ => new Conversation.Http(string.Create(CultureInfo.InvariantCulture, $"faults-{Seed}-{session}")),
    };
}
