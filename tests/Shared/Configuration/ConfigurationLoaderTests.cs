using System.Text.Json.Nodes;
using Holdfast.Channels.Hooks;
using Holdfast.Channels.Schedules;
using Holdfast.Configuration;
using Holdfast.Inbox;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_WhenTheSampleIsRead_GivesWhatItSays()
    {
        var configuration = _folder.WithSampleAgents().LoadValid(ConfigurationFolder.Sample());

        configuration.Models["thinker"].FirstEventTimeout.ShouldBe(TimeSpan.FromMinutes(5));
        configuration.Agents["main"].Exec!.Commands["date"].Path.ShouldBe("/usr/bin/date");
        configuration.Agents["main"].Exec!.Commands["echo"].Path.ShouldBe("/bin/echo");
        configuration.Channels.Slack!.AgentFor("C0123ABCD").ShouldBe("reporter");
        configuration.Channels.Slack.AgentFor("C9").ShouldBe("main");
        configuration.Channels.Slack.BotToken.Reveal().ShouldBe("xoxb-from-settings");
        configuration.Channels.GitHub!.App!.AppId.ShouldBe(123456);
        configuration.Hooks["alerts"].Reply.ShouldBe(new ReplyTarget.Slack("C0123ABCD", "1716239022.000100"));
        configuration.Hooks["deploys"].ShouldBeOfType<HookConfiguration.Generic>().Signature.ShouldBeOfType<HookSignature.Bearer>();
        configuration.Cron["standup"].Schedule.ShouldBeOfType<Schedule.Cron>().Zone.Id.ShouldBe("Europe/Berlin");
        configuration.Cron["watch"].Schedule.ShouldBe(
            new Schedule.Every(TimeSpan.FromMinutes(15), new DateTimeOffset(2026, 1, 1, 0, 5, 0, TimeSpan.Zero)));
        configuration.Cron["year-end"].Schedule.ShouldBe(new Schedule.At(new DateTimeOffset(2026, 12, 31, 17, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Load_WhenAModelIsUnlisted_TakesTheDefaultsOfItsKind()
    {
        var json = ConfigurationFolder.Minimal();
        json["modelDefaults"] = ConfigurationFolder.Parse(
            """{ "firstEventTimeout": "2s", "reasoningFirstEventTimeout": "3s", "betweenEventsTimeout": "4s" }""");
        json["models"]!["deep"] = ConfigurationFolder.Parse("""{ "provider": "bedrock", "modelId": "x", "reasoning": true }""");
        json["models"]!["own"] = ConfigurationFolder.Parse("""{ "provider": "bedrock", "modelId": "x", "firstEventTimeout": "30s" }""");

        var models = _folder.LoadValid(json).Models;

        models["quick"].FirstEventTimeout.ShouldBe(TimeSpan.FromSeconds(2));
        models["deep"].FirstEventTimeout.ShouldBe(TimeSpan.FromSeconds(3));
        models["own"].FirstEventTimeout.ShouldBe(TimeSpan.FromSeconds(30));
        models["own"].BetweenEventsTimeout.ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void Load_WhenMuchIsWrong_ReportsAllOfItAtOnce()
    {
        _folder.SetAgent("main", ConfigurationFolder.Parse(
            """{ "model": "quik", "colour": 1, "metadata": { "holdfast": { "queueMode": "steer" } } }"""), instructions: "");

        var errors = _folder.LoadInvalid("""
            {
              "models": { "quick": { "provider": "bedrok", "modelId": "x", "maxAttempts": 0 } },
              "hooks": { "h": { "kind": "github", "secret": "hunter2", "agent": "nobody", "events": [], "message": "{nothing}" } }
            }
            """);

        errors.Where(error => error.File == _folder.FilePath).Select(error => error.Path).ShouldBe([
            "$.hooks.h.agent", "$.hooks.h.events", "$.hooks.h.message", "$.hooks.h.reply", "$.hooks.h.secret",
            "$.models.quick.maxAttempts", "$.models.quick.provider"]);
        errors.Where(error => error.File == _folder.AgentPath("main")).Select(error => error.Path)
            .ShouldBe(["$", "$.colour", "$.metadata.holdfast.queueMode", "$.model"]);
    }

    [Fact]
    public void Load_WhenAValueIsWrong_NamesFilePathAndValueInOneLine()
    {
        var json = ConfigurationFolder.Minimal();
        json["limits"] = new JsonObject { ["claimWait"] = "30 minutes" };

        var line = _folder.LoadInvalid(json).ShouldHaveSingleItem().ToString();

        line.ShouldStartWith($"{_folder.FilePath}: $.limits.claimWait = \"30 minutes\": must be a duration");
    }

    [Fact]
    public void Load_WhenAgentsStandInTheFile_NamesTheCommandThatMovesThem()
    {
        var json = ConfigurationFolder.Minimal();
        json["agents"] = new JsonObject { ["main"] = new JsonObject { ["instructions"] = "Be brief.", ["model"] = "quick" } };

        var error = _folder.LoadInvalid(json).ShouldHaveSingleItem();

        error.Path.ShouldBe("$.agents");
        error.Message.ShouldContain("holdfast migrate");
    }

    [Theory]
    [InlineData("$.limts", "'limits'")]
    [InlineData("$.models.quick.Region", "'region'")]
    public void Load_WhenAKeyIsUnknown_SaysWhatWasProbablyMeant(string path, string hint)
    {
        var errors = _folder.LoadInvalid(With(ConfigurationFolder.Minimal(), path, "\"x\""));

        errors.ShouldHaveSingleItem().Path.ShouldBe(path);
        errors[0].Message.ShouldContain($"did you mean {hint}?");
    }

    [Fact]
    public void Load_WhenKeysAreRepeated_ReportsEachRepetition()
    {
        var errors = _folder.LoadInvalid("""
            {
              "limits": { "claimWait": "20s", "claimWait": "30s" },
              "models": { "quick": { "provider": "bedrock", "modelId": "x" }, "quick": { "provider": "bedrock", "modelId": "y" } }
            }
            """);

        errors.Select(error => error.Path).ShouldBe(["$.limits.claimWait", "$.models.quick"]);
        errors.ShouldAllBe(error => error.Message.Contains("twice"));
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("{ \"models\": ", "line 1")]
    [InlineData("{\n  \"models\": {]\n}", "line 2, byte 14")]
    [InlineData("[]", "object")]
    public void Load_WhenTheFileIsNoJsonObject_SaysWhere(string text, string message) =>
        _folder.LoadInvalid(text).ShouldContain(error => error.Path == "$" && error.Message.Contains(message));

    [Fact]
    public void Load_WhenTheFileIsMissing_NamesTheSetting() =>
        ConfigurationLoader.Load(_folder.FilePath, _ => null).ShouldBeOfType<ConfigurationOutcome.Invalid>()
            .Errors.ShouldHaveSingleItem().Message.ShouldContain("Holdfast__Config");

    [Theory]
    [InlineData("$.models.thinker.modelId", "7", "text")]
    [InlineData("$.models.thinker.maxOutputTokens", "200000", "contextTokens")]
    [InlineData("$.models.thinker.retry.firstDelay", "\"31s\"", "maxDelay")]
    [InlineData("$.channels.slack.agent", "\"mian\"", "did you mean 'main'?")]
    [InlineData("$.channels.slack.channels.C0123ABCD.agent", "\"nobody\"", "no such agent")]
    [InlineData("$.channels.slack.apiBaseUrl", "\"http://slack.example/\"", "https")]
    [InlineData("$.channels.slack.signingSecrets", "[]", "at least one")]
    [InlineData("$.channels.github.token", "\"env:GITHUB_TOKEN\"", "not both", "", "$.channels.github")]
    [InlineData("$.hooks.github.events", "[\"issue_comment.created.now\"]", "event", "[0]")]
    [InlineData("$.hooks.github.message", "\"{repo}\"", "no placeholder '{repo}'")]
    [InlineData("$.hooks.github.message", "\"{body\"", "brace")]
    [InlineData("$.hooks.github.maxBodyBytes", "26214401", "from 1024 to 26214400")]
    [InlineData("$.hooks.alerts.sessionKey", "\"{repository}\"", "no placeholder '{repository}'")]
    [InlineData("$.hooks.alerts.signature.scheme", "\"hmac-sha1\"", "hmac-sha256")]
    [InlineData("$.hooks.alerts.reply", "{ \"kind\": \"comment\" }", "none, slack, github", ".kind")]
    [InlineData("$.cron.standup.schedule.cron", "\"0 0 30 2 *\"", "never comes")]
    [InlineData("$.cron.standup.schedule.timeZone", "\"Europe/Berln\"", "did you mean 'Europe/Berlin'?")]
    [InlineData("$.cron.watch.schedule.every", "\"0s\"", "from 1s")]
    [InlineData("$.cron.watch.schedule.at", "\"2026-12-31T18:00:00Z\"", "exactly one", "", "$.cron.watch.schedule")]
    [InlineData("$.cron.year-end.schedule.at", "\"2026-12-31T18:00:00\"", "offset")]
    [InlineData("$.cron.standup.deliver.channel", "\"#general\"", "id")]
    [InlineData("$.cron.watch.deliver.repository", "\"octo-repo\"", "owner/name")]
    [InlineData("$.cron.watch.missed", "\"twice\"", "skip, once")]
    [InlineData("$.limits.leaseRenewal", "\"30s\"", "half")]
    [InlineData("$.limits.leaseDuration", "\"61s\"", "15s to 1m")]
    [InlineData("$.limits.maxConcurrentModelCalls", "0", "from 1 to 1000")]
    public void Load_WhenOneValueIsWrong_ReportsJustThat(string path, string value, string message, string below = "", string? at = null)
    {
        var errors = _folder.WithSampleAgents().LoadInvalid(With(ConfigurationFolder.Sample(), path, value));

        errors.ShouldHaveSingleItem().Path.ShouldBe(at ?? path + below);
        errors[0].Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("$.model", "\"nothing\"", "no such model")]
    [InlineData("$.metadata.holdfast.fallbacks", "[\"thinker\"]", "circle", "[0]")]
    [InlineData("$.metadata.holdfast.fallbacks", "[\"quick\", \"quick\"]", "twice", "[1]")]
    [InlineData("$.metadata.holdfast.fallbacks", "[\"quik\"]", "did you mean 'quick'?", "[0]")]
    [InlineData("$.metadata.holdfast.compaction", "{ \"atShare\": 0.3, \"keepShare\": 0.3 }", "less than atShare", ".keepShare")]
    [InlineData("$.metadata.holdfast.compaction", "{ \"model\": \"quik\" }", "did you mean 'quick'?", ".model")]
    [InlineData("$.metadata.holdfast.fenceMode", "\"loose\"", "strict, warn")]
    [InlineData("$.metadata.holdfast.queueMode", "\"collect\"", "not supported yet")]
    [InlineData("$.metadata.holdfast.queueMode", "\"interrupt\"", "not supported yet")]
    [InlineData("$.metadata.holdfast.queueMode", "\"steer\"", "not supported yet")]
    [InlineData("$.metadata.holdfast.exec.timeout", "\"2h\"", "turnDeadline")]
    [InlineData("$.metadata.holdfast.exec.workRoot", "\"work\"", "absolute")]
    [InlineData("$.metadata.holdfast.exec.environment", "[\"SLACK_BOT_TOKEN\"]", "secret", "[0]")]
    [InlineData("$.metadata.holdfast.exec.commands.echo.path", "\"/bin/no-such\"", "no executable")]
    [InlineData("$.metadata.holdfast.exec.commands.echo.path", "\"../echo\"", "no executable")]
    [InlineData("$.metadata.holdfast.exec.commands.echo.argumentPatterns", "[\"(a)\\\\1\"]", "regular expression", "[0]")]
    [InlineData("$.metadata.holdfast.exec.commands", "{}", "at least one")]
    [InlineData("$.metadata.holdfast.temperature", "0.5", "reasoningBudgetTokens")]
    [InlineData("$.metadata.holdfast.reasoningBudgetTokens", "8000", "less than")]
    [InlineData("$.metadata.holdfast.maxToolRounds", "2.5", "whole number")]
    [InlineData("$.metadata.holdfast.maxToolRounds", "null", "whole number")]
    [InlineData("$.tools", "{ \"exclude\": [\"exce\"] }", "did you mean 'exec'?", ".exclude[0]")]
    [InlineData("$.tools", "[\"exec\"]", "true, false")]
    [InlineData("$.timeout", "0", "from 1s to 1d")]
    [InlineData("$.timeout", "\"30 minutes\"", "a duration")]
    [InlineData("$.agent_configuration.max_output_tokens", "16001", "maxOutputTokens", "", "$.model")]
    [InlineData("$.agent_configuration.max_output_tokns", "1", "did you mean 'max_output_tokens'?")]
    [InlineData("$.agent_configuration.agent_framework.compaction.max_context_window_tokens", "1000", "no room", "", "$.model")]
    [InlineData("$.modle", "1", "did you mean 'model'?")]
    [InlineData("$.name", "7", "a text")]
    [InlineData("$.metadata.holdfast.fencemode", "1", "did you mean 'fenceMode'?")]
    [InlineData("$.metadata.holdfast.zone", "\"UTC\"", "trigger")]
    [InlineData("$.trigger", "{ \"type\": \"queue_trigger\", \"args\": {} }", "not served", ".type")]
    [InlineData(
        "$.trigger", "{ \"type\": \"timer_trigger\", \"args\": { \"schedule\": \"30 0 9 * * *\" } }", "must be 0", ".args.schedule")]
    [InlineData(
        "$.trigger", "{ \"type\": \"timer_trigger\", \"args\": { \"schedule\": \"0 0 30 2 *\" } }", "never comes", ".args.schedule")]
    public void Load_WhenOneValueOfAnAgentIsWrong_ReportsJustThat(
        string path, string value, string message, string below = "", string? at = null)
    {
        _folder.WithSampleAgents().SetAgent("main", With(ConfigurationFolder.SampleAgent("main"), path, value));

        var error = _folder.LoadInvalid(ConfigurationFolder.Sample())
            .Where(found => found.Path == (at ?? path + below))
            .ShouldHaveSingleItem();

        error.File.ShouldBe(_folder.AgentPath("main"));
        error.Message.ShouldContain(message);
    }

    [Fact]
    public void Load_WhenAModelMayBeSilentLongerThanATurn_IsRefused()
    {
        _folder.WithSampleAgents()
            .SetAgent("main", With(ConfigurationFolder.SampleAgent("main"), "$.metadata.holdfast.turnDeadline", "\"5m\""));

        var errors = _folder.LoadInvalid(ConfigurationFolder.Sample());

        errors.ShouldHaveSingleItem().Path.ShouldBe("$.model");
        errors[0].Message.ShouldContain("firstEventTimeout");
    }

    [Theory]
    [InlineData("10m", "10m", "60s", "limits.claimWait")]
    [InlineData("75s", "60s", "60s", "limits.leaseDuration")]
    public void Load_WhenATurnEndsBeforeAWaitWithinIt_IsRefused(string turnDeadline, string claimWait, string leaseDuration, string message)
    {
        _folder.WithSampleAgents()
            .SetAgent("main", With(ConfigurationFolder.SampleAgent("main"), "$.metadata.holdfast.turnDeadline", $"\"{turnDeadline}\""));
        var json = With(
            With(ConfigurationFolder.Sample(), "$.limits.claimWait", $"\"{claimWait}\""), "$.limits.leaseDuration", $"\"{leaseDuration}\"");

        _folder.LoadInvalid(json).ShouldContain(
            error => error.Path == "$.metadata.holdfast.turnDeadline" && error.Message.Contains(message));
    }

    [Fact]
    public void Load_WhenAKeyOfASectionIsNoName_IsRefused()
    {
        var errors = _folder.WithSampleAgents().LoadInvalid(With(ConfigurationFolder.Sample(), "$.cron.Bad Name", "{}"));

        errors.ShouldContain(error => error.Path == "$.cron['Bad Name']" && error.Message.Contains("lower-case"));
    }

    [Fact]
    public void Load_WhenSlackIsNotConfigured_NoAnswerCanGoThere()
    {
        var json = ConfigurationFolder.Sample();
        json["channels"]!.AsObject().Remove("slack");

        _folder.WithSampleAgents()
            .LoadInvalid(json)
            .Where(error => error.File == _folder.FilePath)
            .Select(error => error.Path)
            .ShouldBe(["$.cron.standup.deliver", "$.hooks.alerts.reply"]);
    }

    [Fact]
    public void Load_WhenALoopbackAddressIsPlainHttp_IsTakenAndEndsInASlash() =>
        _folder.WithSampleAgents().LoadValid(
            With(ConfigurationFolder.Sample(), "$.channels.slack.apiBaseUrl", "\"http://127.0.0.1:4711/api\""))
            .Channels.Slack!.ApiBaseUrl.ShouldBe(new Uri("http://127.0.0.1:4711/api/"));

    [Theory]
    [InlineData(null, "/app/holdfast.json")]
    [InlineData(" ", "/app/holdfast.json")]
    [InlineData("other.json", "/app/other.json")]
    [InlineData("/etc/holdfast.json", "/etc/holdfast.json")]
    public void LocateFile_WhenTheSettingSays_FollowsIt(string? setting, string expected) =>
        ConfigurationLoader.LocateFile(name => name == "Holdfast__Config" ? setting : null, "/app").ShouldBe(expected);

    // Sets the value at a path of keys.
    private static JsonNode With(JsonNode json, string path, string value)
    {
        var keys = path.Split('.')[1..];
        var owner = keys[..^1].Aggregate(json, (node, key) => node[key].ShouldNotBeNull());
        owner[keys[^1]] = JsonNode.Parse(value);
        return json;
    }
}
