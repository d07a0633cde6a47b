using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A fixture with one app on it, shared by the tests that get it; they keep apart by sessions and by words.</summary>
public class RunningFixture : IAsyncLifetime
{
    /// <summary>The bound of waits for what takes a second or two on an idle machine.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(120);

    public AppFixture AppFixture { get; private set; } = null!;

    public HoldfastApp App { get; private set; } = null!;

    public ModelScenes Model { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        AppFixture = await AppFixture.SetUpAsync();
        Model = new ModelScenes(AppFixture.Bedrock);
        App = await AppFixture.StartAppAsync(Configuration(), Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await AppFixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Posts over HTTP.</summary>
    public async Task<TurnId> PostAsync(string sessionKey, string text) =>
        await TakenAsync(await AppFixture.PostAsync(App, sessionKey, text), 202);

    /// <summary>Says something in a thread, by mention of the bot.</summary>
    public async Task<TurnId> MentionAsync(SlackThread thread, string text, string? ts = null) =>
        await TakenAsync(await SendSlackAsync(thread.Mention(text, ts)), 200);

    /// <summary>An envelope, signed now with the fixture's secret.</summary>
    public Task<HttpResponseMessage> SendSlackAsync(string envelope) =>
        AppFixture.SendSlackAsync(App, envelope, DateTimeOffset.UtcNow, AppFixture.SlackSecret);

    public Task<Receipt> ReceiptAsync(TurnId turn) => AppFixture.ReceiptAsync(turn, Soon);

    /// <summary>Waits until streamed text of a thread's turn, or of the one that is named, stands in the transcript.</summary>
    public Task StreamsIntoAsync(SlackThread thread, TurnId? turn = null, TimeSpan? within = null) => AppFixture.TranscriptOnceAsync(
        thread.SessionKey(),
        entries =>
            entries.OfType<TranscriptEntry.StreamedText>().Any(part => turn is null || part.Provenance!.RunId == RunId.First(turn).Value),
        within ?? Soon,
        "streamed text in the transcript");

    /// <summary>What the app is started with.</summary>
    protected virtual AppConfiguration Configuration() => AppConfiguration.Default(AppFixture);

    protected virtual IReadOnlyDictionary<string, string?>? Settings => null;

    /// <summary>The turn of a message that was accepted.</summary>
    protected static async Task<TurnId> TakenAsync(HttpResponseMessage answer, int status)
    {
        ((int)answer.StatusCode).ShouldBe(status, await answer.Content.ReadAsStringAsync());
        return await AppFixture.TurnOfAsync(answer);
    }
}
