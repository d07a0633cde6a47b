using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Sessions;

namespace Holdfast.EndToEnd.Tests;

/// <summary>
/// Two turns of the report in real time, begun at once: one whose model has patience, one whose model limit is shorter than the silence.
/// </summary>
public sealed class RealTimeFixture : RunningFixture
{
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(125);

    public static readonly TimeSpan Streaming = TimeSpan.FromSeconds(130);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>2,600 deltas, each other than its neighbours.</summary>
    public static IReadOnlyList<string> Deltas { get; } = [.. Enumerable.Range(0, (int)(Streaming / Interval)).Select(Delta)];

    public static string Answer => string.Concat(Deltas);

    public SlackThread Patient { get; } = SlackThread.Begin("C0PATIENT");

    public SlackThread Hasty { get; } = SlackThread.Begin("C0HASTY");

    public TurnId PatientTurn { get; private set; } = null!;

    public TurnId HastyTurn { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var report = new BedrockScript(
            new BedrockStep.Silence(Silence),
            new BedrockStep.Text([.. Deltas], Interval),
            new BedrockStep.MessageStop(),
            new BedrockStep.Metadata());
        Model.Play("patience", Tool("p1", "first"), Tool("p2", "second"), report);
        Model.Play("haste", Tool("h1", "first"), Tool("h2", "second"), report, BedrockScript.Saying("an answer ", "at the second try"));
        PatientTurn = await MentionAsync(Patient, "patience, please");
        HastyTurn = await MentionAsync(Hasty, "haste, please");
    }

    protected override AppConfiguration Configuration() => AppConfiguration.Default(AppFixture, configuration =>
    {
        var hasty = configuration["models"]!["thinker"]!.DeepClone();
        (hasty["modelId"], hasty["firstEventTimeout"]) = ("test.hasty-v1:0", "120s");
        configuration["models"]!["hasty"] = hasty;
        configuration.AddAgent("hasty", "hasty")["exec"] = configuration.SettingsOf("main")["exec"]!.DeepClone();
        configuration["channels"]!["slack"]!["channels"] = new JsonObject { ["C0HASTY"] = new JsonObject { ["agent"] = "hasty" } };
    });

    private static string Delta(int number) => string.Create(CultureInfo.InvariantCulture, $"{number % 1000:D3} ");

    private static BedrockScript Tool(string id, string word) =>
        BedrockScript.Asking("exec", id, $$"""{"command":"echo","args":["{{word}}"]}""");
}
