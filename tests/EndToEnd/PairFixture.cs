using Holdfast.Harness;
using Holdfast.Sessions;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A fixture with two deployments on one storage account: <see cref="RunningFixture.App"/> and <see cref="Other"/>.</summary>
public class PairFixture : RunningFixture
{
    public HoldfastApp Other { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Other = await AppFixture.StartAppAsync(Configuration(), Settings, deployment: "other");
    }

    // Short answers shall leave streamed parts too: what would be interleaved, if anything were.
    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Holdfast__Turns__WriteEvery"] = "00:00:00.1",
    };

    /// <summary>Posts over HTTP to the deployment of the caller's choice.</summary>
    public static async Task<TurnId> PostAsync(HoldfastApp app, string sessionKey, string text) =>
        await TakenAsync(await AppFixture.PostAsync(app, sessionKey, text), 202);

    /// <summary>Says something in a thread, as Slack would tell the deployment of the caller's choice.</summary>
    public static async Task<TurnId> MentionAsync(HoldfastApp app, SlackThread thread, string text, string ts) =>
        await TakenAsync(
            await AppFixture.SendSlackAsync(app, thread.Mention(text, ts), DateTimeOffset.UtcNow, AppFixture.SlackSecret), 200);
}
