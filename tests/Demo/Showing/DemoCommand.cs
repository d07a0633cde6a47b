using System.Globalization;
using Holdfast.Audit;
using Holdfast.Harness;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Spectre.Console;

namespace Holdfast.Demo.Showing;

/// <summary>
/// <c>./dev demo</c>: a GitHub hook, a Slack thread and a cron job, each from its endpoint to its delivered answer, at the same time. Exit
/// code 0 only if each was delivered once and every transcript passes.
/// </summary>
internal sealed class DemoCommand(Arguments arguments)
{
    /// <summary>The last of the scenes takes some ten seconds of scripted time; the rest is for slow machines and real models.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(3);

    private readonly bool _isScripted = arguments.BedrockModel is null;

    public static Task<int> RunAsync(Arguments arguments) => new DemoCommand(arguments).RunAsync();

    private async Task<int> RunAsync()
    {
        AnsiConsole.MarkupLine("Starting: Azurite, scripted Slack, GitHub and Bedrock …");
        await using var fixture = await AppFixture.SetUpAsync(DemoFolder.Create());
        DemoScript.Load(fixture.Bedrock);
        var now = DateTimeOffset.UtcNow;
        var cronDueAt = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        var settings = _isScripted ? new Dictionary<string, string?>() : RealBedrock.OwnSettings();
        var app = await fixture.StartAppAsync(DemoScript.Configuration(fixture, cronDueAt, arguments.BedrockModel), settings);
        var (address, process, after) = (app.Http.BaseAddress, app.Process.Id, app.StartedAfter.TotalSeconds);
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"The app listens on {address} as process {process}, {after:F1} s after its start.");

        try
        {
            Scene[] scenes = [await PostCommentAsync(app), await PostSlackAsync(fixture, app), CronScene(cronDueAt)];
            return await ShowAsync(fixture, app, scenes);
        }
        catch (Exception fault) when (fault is TimeoutException or InvalidDataException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"FAILED {fault.Message.Split('\n')[0]}");
            return 1;
        }
        finally
        {
            await File.WriteAllLinesAsync(Path.Combine(fixture.Folder, "app.log"), app.Process.Lines);
            Console.WriteLine($"What the app logged, its configuration and the store as Azurite keeps it: {fixture.Folder}");
        }
    }

    private async Task<int> ShowAsync(AppFixture fixture, HoldfastApp app, Scene[] scenes)
    {
        if (_isScripted)
        {
            var (silence, limit) = (DemoScript.Silence.TotalSeconds, DemoScript.UnlistedModelLimit.TotalSeconds);
            AnsiConsole.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"Waiting for three replies. On Slack the model is silent for {silence} s; one without a limit of its own has {limit} s.");
        }

        var watch = new StatusWatch(fixture, app, TimeProvider.System);
        var receipts = await Task.WhenAll(scenes.Select(scene => watch.FollowAsync(scene, Within)));
        var ended = scenes.Zip(receipts).ToList();
        var checks = new SceneChecks(fixture, _isScripted);
        var faults = new List<string>(await checks.CheckAllAsync(scenes));
        var (files, audits) = (new List<string>(), new List<AuditReport>());
        foreach (var (scene, receipt) in ended)
        {
            var (file, found) = await checks.CheckAsync(scene, receipt);
            files.Add(file);
            faults.AddRange(found);
            audits.Add(await checks.AuditAsync(scene));
        }

        AnsiConsole.Write(SceneTable.Of(ended, audits));
        Console.WriteLine("Transcripts:");
        files.ForEach(file => Console.WriteLine("  " + file));
        faults.ForEach(fault => Console.WriteLine("FAILED " + fault));
        Console.WriteLine(faults.Count == 0
            ? "Each reply was delivered once, and every transcript passes its checks."
            : string.Create(CultureInfo.InvariantCulture, $"{faults.Count} checks failed."));
        return faults.Count == 0 ? 0 : 1;
    }

    private static async Task<Scene> PostCommentAsync(HoldfastApp app)
    {
        var payload = RecordedWebhooks.First("issue_comment", "created");
        using var answer = await AppFixture.SendHookAsync(
            app, "github", payload.ToJsonString(), "issue_comment", Guid.NewGuid().ToString());
        var key = $"agent:main:github:{payload["repository"]!["full_name"]}:{payload["issue"]!["number"]}";
        return new Scene("GitHub", SessionKey.Parse(key), await AppFixture.TurnOfAsync(answer), ModelCalls: 1, DemoScript.ShortDeltas);
    }

    private static async Task<Scene> PostSlackAsync(AppFixture fixture, HoldfastApp app)
    {
        var root = fixture.Slack.Say(DemoScript.SlackChannel, "The nightly build is slow today.");
        var message = fixture.Slack.Say(DemoScript.SlackChannel, DemoScript.SlackText, root.Ts);
        using var answer = await AppFixture.SendSlackAsync(app, DemoScript.SlackChannel, DemoScript.SlackText, message.Ts, root.Ts);
        var key = $"agent:main:slack:channel:{DemoScript.SlackChannel}:thread:{root.Ts}";
        return new Scene("Slack", SessionKey.Parse(key), await AppFixture.TurnOfAsync(answer), ModelCalls: 3, DemoScript.SlackDeltas);
    }

    /// <summary>Nobody posts this one: its name follows from the job and its due time.</summary>
    private static Scene CronScene(DateTimeOffset dueAt)
    {
        var occurrence = string.Create(CultureInfo.InvariantCulture, $"cron:{DemoScript.CronJob}:{dueAt:yyyyMMdd'T'HHmmss'Z'}");
        return new Scene(
            "Cron", SessionKey.Parse("agent:main:" + occurrence), DeliveryId.Parse(occurrence).Turn, ModelCalls: 1, DemoScript.ShortDeltas);
    }
}
