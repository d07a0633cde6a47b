using System.Text.Json.Nodes;
using Holdfast.Channels;
using Holdfast.Channels.GitHub;
using Holdfast.Channels.Hooks;
using Holdfast.Channels.Schedules;
using Holdfast.Configuration;
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
        var configuration = _folder.LoadValid(ConfigurationFolder.Sample());

        configuration.Models["thinker"].FirstEventTimeout.ShouldBe(TimeSpan.FromMinutes(5));
        configuration.Agents["main"].Exec!.Commands["date"].Path.ShouldBe("/usr/bin/date");
        configuration.Agents["main"].Exec!.Commands["echo"].Path.ShouldBe("/bin/echo");
        configuration.Channels.Slack!.AgentFor("C0123ABCD").ShouldBe("reporter");
        configuration.Channels.Slack.AgentFor("C9").ShouldBe("main");
        configuration.Channels.Slack.BotToken.Reveal().ShouldBe("xoxb-from-settings");
        configuration.Channels.GitHub!.Credential.ShouldBeOfType<GitHubCredential.App>().AppId.ShouldBe(123456);
        configuration.Hooks["alerts"].Reply.ShouldBe(new DeliveryTarget.Slack("C0123ABCD", "1716239022.000100"));
        configuration.Hooks["deploys"].ShouldBeOfType<HookConfiguration.Generic>().Signature.ShouldBeOfType<HookSignature.Bearer>();
        configuration.Cron["standup"].Schedule.ShouldBeOfType<Schedule.Cron>().Zone.Id.ShouldBe("Europe/Berlin");
        configuration.Cron["watch"].Schedule.ShouldBe(new Schedule.Every(TimeSpan.FromMinutes(15), new DateTimeOffset(2026, 1, 1, 0, 5, 0, TimeSpan.Zero)));
        configuration.Cron["year-end"].Schedule.ShouldBe(new Schedule.At(new DateTimeOffset(2026, 12, 31, 17, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Load_WhenAModelIsUnlisted_TakesTheDefaultsOfItsKind()
    {
        var json = ConfigurationFolder.Minimal();
        json["modelDefaults"] = ConfigurationFolder.Parse("""{ "firstEventTimeout": "2s", "reasoningFirstEventTimeout": "3s", "betweenEventsTimeout": "4s" }""");
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
        var errors = _folder.LoadInvalid("""
            {
              "agents": { "main": { "instructions": "", "model": "quik", "colour": 1, "session": { "queueMode": "steer" } } },
              "models": { "quick": { "provider": "bedrok", "modelId": "x", "maxAttempts": 0 } },
              "hooks": { "h": { "kind": "github", "secret": "hunter2", "agent": "nobody", "events": [], "message": "{nothing}" } }
            }
            """);

        errors.Select(error => error.Path).ShouldBe([
            "$.agents.main.colour", "$.agents.main.instructions", "$.agents.main.model", "$.agents.main.session.queueMode",
            "$.hooks.h.agent", "$.hooks.h.events", "$.hooks.h.message", "$.hooks.h.reply", "$.hooks.h.secret",
            "$.models.quick.maxAttempts", "$.models.quick.provider"]);
        errors.ShouldAllBe(error => error.File == _folder.FilePath);
    }

    [Fact]
    public void Load_WhenAValueIsWrong_NamesFilePathAndValueInOneLine()
    {
        var json = ConfigurationFolder.Minimal();
        json["agents"]!["main"]!["turnDeadline"] = "30 minutes";

        var line = _folder.LoadInvalid(json).ShouldHaveSingleItem().ToString();

        line.ShouldStartWith($"{_folder.FilePath}: $.agents.main.turnDeadline = \"30 minutes\": must be a duration");
    }

    [Theory]
    [InlineData("$.agents.main.modle", "'model'")]
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
              "agents": { "main": { "instructions": "a", "instructions": "b", "model": "quick" } },
              "models": { "quick": { "provider": "bedrock", "modelId": "x" }, "quick": { "provider": "bedrock", "modelId": "y" } }
            }
            """);

        errors.Select(error => error.Path).ShouldBe(["$.agents.main.instructions", "$.models.quick"]);
        errors.ShouldAllBe(error => error.Message.Contains("twice"));
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("{ \"agents\": ", "line 1")]
    [InlineData("{\n  \"agents\": {]\n}", "line 2, byte 14")]
    [InlineData("[]", "object")]
    public void Load_WhenTheFileIsNoJsonObject_SaysWhere(string text, string message) =>
        _folder.LoadInvalid(text).ShouldContain(error => error.Path == "$" && error.Message.Contains(message));

    [Fact]
    public void Load_WhenTheFileIsMissing_NamesTheSetting() =>
        ConfigurationLoader.Load(_folder.FilePath, _ => null).ShouldBeOfType<ConfigurationOutcome.Invalid>()
            .Errors.ShouldHaveSingleItem().Message.ShouldContain("Holdfast__Config");

    [Theory]
    [InlineData("$.agents.main.model", "\"nothing\"", "no such model")]
    [InlineData("$.agents.main.fallbacks", "[\"thinker\"]", "circle", "[0]")]
    [InlineData("$.agents.main.fallbacks", "[\"quick\", \"quick\"]", "twice", "[1]")]
    [InlineData("$.agents.main.fallbacks", "[\"quik\"]", "did you mean 'quick'?", "[0]")]
    [InlineData("$.agents.main.compaction", "{ \"atShare\": 0.3, \"keepShare\": 0.3 }", "less than atShare", ".keepShare")]
    [InlineData("$.agents.main.compaction", "{ \"model\": \"quik\" }", "did you mean 'quick'?", ".model")]
    [InlineData("$.agents.main.tools", "[\"exec\", \"exce\"]", "did you mean 'exec'?", "[1]")]
    [InlineData("$.agents.main.session.fenceMode", "\"loose\"", "strict, warn")]
    [InlineData("$.agents.main.session.queueMode", "\"collect\"", "not supported yet")]
    [InlineData("$.agents.main.session.queueMode", "\"interrupt\"", "not supported yet")]
    [InlineData("$.agents.main.session.queueMode", "\"steer\"", "not supported yet")]
    [InlineData("$.agents.main.exec.timeout", "\"2h\"", "turnDeadline")]
    [InlineData("$.agents.main.exec.workRoot", "\"work\"", "absolute")]
    [InlineData("$.agents.main.exec.environment", "[\"SLACK_BOT_TOKEN\"]", "secret", "[0]")]
    [InlineData("$.agents.main.exec.commands.echo.path", "\"/bin/no-such\"", "no executable")]
    [InlineData("$.agents.main.exec.commands.echo.path", "\"../echo\"", "no executable")]
    [InlineData("$.agents.main.exec.commands.echo.argumentPatterns", "[\"(a)\\\\1\"]", "regular expression")]
    [InlineData("$.agents.main.exec.commands", "{}", "at least one")]
    [InlineData("$.agents.main.temperature", "0.5", "reasoningBudgetTokens")]
    [InlineData("$.agents.main.reasoningBudgetTokens", "8000", "less than")]
    [InlineData("$.agents.main.maxToolRounds", "2.5", "whole number")]
    [InlineData("$.agents.main.maxToolRounds", "null", "whole number")]
    [InlineData("$.models.thinker.modelId", "7", "text")]
    [InlineData("$.models.thinker.maxOutputTokens", "200000", "contextTokens")]
    [InlineData("$.models.thinker.retry.firstDelay", "\"31s\"", "maxDelay")]
    [InlineData("$.channels.slack.agent", "\"mian\"", "did you mean 'main'?")]
    [InlineData("$.channels.slack.channels.C0123ABCD.agent", "\"nobody\"", "no such agent")]
    [InlineData("$.channels.slack.apiBaseUrl", "\"http://slack.example/\"", "https")]
    [InlineData("$.channels.slack.signingSecrets", "[]", "at least one")]
    [InlineData("$.channels.github.token", "\"env:GITHUB_TOKEN\"", "not both", "", "$.channels.github")]
    [InlineData("$.hooks.github.events", "[\"issue_comment.created.now\"]", "event")]
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
        var errors = _folder.LoadInvalid(With(ConfigurationFolder.Sample(), path, value));

        errors.ShouldHaveSingleItem().Path.ShouldBe(at ?? path + below);
        errors[0].Message.ShouldContain(message);
    }

    [Fact]
    public void Load_WhenAModelMayBeSilentLongerThanATurn_IsRefused()
    {
        var errors = _folder.LoadInvalid(With(ConfigurationFolder.Sample(), "$.agents.main.turnDeadline", "\"5m\""));

        errors.ShouldHaveSingleItem().Path.ShouldBe("$.agents.main.model");
        errors[0].Message.ShouldContain("firstEventTimeout");
    }

    [Theory]
    [InlineData("10m", "10m", "60s", "limits.claimWait")]
    [InlineData("75s", "60s", "60s", "limits.leaseDuration")]
    public void Load_WhenATurnEndsBeforeAWaitWithinIt_IsRefused(string turnDeadline, string claimWait, string leaseDuration, string message)
    {
        var json = With(ConfigurationFolder.Sample(), "$.agents.main.turnDeadline", $"\"{turnDeadline}\"");
        json = With(With(json, "$.limits.claimWait", $"\"{claimWait}\""), "$.limits.leaseDuration", $"\"{leaseDuration}\"");

        _folder.LoadInvalid(json).ShouldContain(error => error.Path == "$.agents.main.turnDeadline" && error.Message.Contains(message));
    }

    [Fact]
    public void Load_WhenAKeyOfASectionIsNoName_IsRefused()
    {
        var errors = _folder.LoadInvalid(With(ConfigurationFolder.Sample(), "$.cron.Bad Name", "{}"));

        errors.ShouldContain(error => error.Path == "$.cron['Bad Name']" && error.Message.Contains("lower-case"));
    }

    [Fact]
    public void Load_WhenSlackIsNotConfigured_NoAnswerCanGoThere()
    {
        var json = ConfigurationFolder.Sample();
        json["channels"]!.AsObject().Remove("slack");

        _folder.LoadInvalid(json).Select(error => error.Path).ShouldBe(["$.cron.standup.deliver", "$.hooks.alerts.reply"]);
    }

    [Fact]
    public void Load_WhenALoopbackAddressIsPlainHttp_IsTakenAndEndsInASlash() =>
        _folder.LoadValid(With(ConfigurationFolder.Sample(), "$.channels.slack.apiBaseUrl", "\"http://127.0.0.1:4711/api\""))
            .Channels.Slack!.ApiBaseUrl.ShouldBe(new Uri("http://127.0.0.1:4711/api/"));

    [Theory]
    [InlineData("agent.md", "Be kind.", null)]
    [InlineData("prompts/agent.md", "Be kind.", null)]
    [InlineData("agent.md", " \n", "empty")]
    [InlineData("none.md", null, "cannot be read")]
    [InlineData("../agent.md", null, "below")]
    [InlineData("/etc/hostname", null, "below")]
    public void Load_WhenInstructionsNameAFile_ReadsItFromBesideTheConfiguration(string name, string? content, string? message)
    {
        if (content is not null)
        {
            _folder.AddFile(name, content);
        }

        var json = With(ConfigurationFolder.Minimal(), "$.agents.main.instructions", $"\"file:{name}\"");
        if (message is null)
        {
            _folder.LoadValid(json).Agents["main"].Instructions.ShouldBe(content);
        }
        else
        {
            _folder.LoadInvalid(json).ShouldHaveSingleItem().Message.ShouldContain(message);
        }
    }

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
