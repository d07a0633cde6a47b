using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Sessions;

namespace Holdfast.EndToEnd.Tests;

/// <summary>
/// Two deployments, one of which is frozen in the middle of two streams until the other has taken both sessions: one for a message that
/// Slack delivers late and that comes before the one at work, the other for the very message at work.
/// </summary>
public sealed class PausedPairFixture : PairFixture
{
    public SlackThread Overtaken { get; } = SlackThread.Begin("C0OVERTAKEN");

    public SlackThread Inherited { get; } = SlackThread.Begin("C0INHERITED");

    public TurnId OvertakenTurn { get; private set; } = null!;

    public TurnId LateTurn { get; private set; } = null!;

    public TurnId InheritedTurn { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Model.Play("overtaken", Halting("outlived"));
        Model.Play("delivered-late", new BedrockScript(
            new BedrockStep.Text(
                "newcomer, "), new BedrockStep.Gate("newcomer"), new BedrockStep.Text("untouched"), new BedrockStep.MessageStop()));
        Model.Play("inherited", Halting("zombie"), BedrockScript.Saying("said by the heir"));
        OvertakenTurn = await MentionAsync(App, Overtaken, "overtaken", SlackThread.NextTs());
        InheritedTurn = await MentionAsync(App, Inherited, "inherited", SlackThread.NextTs());
        await StreamsIntoAsync(Overtaken);
        await StreamsIntoAsync(Inherited);

        App.Pause();
        var longEnough = Task.Delay(PausedFixture.Pause);
        LateTurn = await MentionAsync(Other, Overtaken, "delivered-late", Overtaken.Ts);
        AppFixture.Bedrock.Open("outlived"); // The rest of the answer waits in the frozen process's socket.
        await StreamsIntoAsync(Overtaken, LateTurn, TimeSpan.FromSeconds(120));
        await AppFixture.ReceiptAsync(InheritedTurn, TimeSpan.FromSeconds(120));
        await longEnough;
        App.Resume();

        AppFixture.Bedrock.Open("zombie");
        await ReceiptAsync(OvertakenTurn);
        AppFixture.Bedrock.Open("newcomer");
    }

    private static BedrockScript Halting(string gate) => new(
        new BedrockStep.Text("before, "), new BedrockStep.Gate(gate), new BedrockStep.Text("and after"), new BedrockStep.MessageStop(),
        new BedrockStep.Metadata());
}
