using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

/// <summary>What configuration accepts must run: a session key is built of each thing that gives one.</summary>
public sealed class SessionKeyTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new ConfigurationFolder().WithSampleAgents();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.b")]
    [InlineData("Main")]
    [InlineData("two words")]
    [InlineData("-a")]
    [InlineData("a\u0001")]
    public void Load_WhenAnAgentsIdMakesNoSessionKey_NamesItsFile(string id)
    {
        _folder.Agents[id] = _folder.Agents["main"];

        var error = _folder.LoadInvalid(ConfigurationFolder.Sample()).ShouldHaveSingleItem();

        error.File.ShouldBe(_folder.AgentPath(id));
        error.Message.ShouldContain("session keys");
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("a%2Fb")]
    [InlineData("a%2fb")]
    [InlineData("a\tb")]
    [InlineData("watch\n")]
    [InlineData("wätch")]
    public void Load_WhenAJobsSessionMakesNoSessionKey_NamesPathAndValue(string session)
    {
        var json = ConfigurationFolder.Sample();
        json["cron"]!["watch"]!["sessionKey"] = session;

        var error = _folder.LoadInvalid(json).ShouldHaveSingleItem();

        error.Path.ShouldBe("$.cron.watch.sessionKey");
        error.Value.ShouldNotBeNull();
    }

    /// <summary>512 characters with the agent's own id, and one more.</summary>
    [Theory]
    [InlineData(441, true)]
    [InlineData(442, false)]
    public void Load_WhenAnAgentsIdIsLong_CountsIt(int length, bool fits)
    {
        var id = new string('a', 64);
        _folder.Agents[id] = _folder.Agents["main"];
        var json = ConfigurationFolder.Sample();
        json["cron"]!["watch"]!["agent"] = id;
        json["cron"]!["watch"]!["sessionKey"] = new string('k', length);

        var outcome = _folder.Load(json.ToJsonString());

        (outcome is Holdfast.Configuration.ConfigurationOutcome.Loaded).ShouldBe(fits, outcome.ToString());
    }

    [Fact]
    public void Load_WhenAJobIsCalledAsItsAgent_IsCheckedAsAnyOther()
    {
        var json = ConfigurationFolder.Sample();
        json["cron"]!["main"] = json["cron"]!["watch"]!.DeepClone();
        json["cron"]!["main"]!["agent"] = "main";
        json["cron"]!["main"]!["sessionKey"] = "two words";

        _folder.LoadInvalid(json).ShouldHaveSingleItem().Path.ShouldBe("$.cron.main.sessionKey");
    }

    [Theory]
    [InlineData("github", "issue {number}")]
    [InlineData("github", "a%2F{number}")]
    [InlineData("github", "a%{number}")]
    [InlineData("github", "a%2{number}")]
    [InlineData("github", "{repository}\u0000{number}")]
    [InlineData("alerts", "alerts of {json:service}")]
    [InlineData("alerts", "alerts:{json:service}\n")]
    public void Load_WhenAHooksTemplateMakesNoSessionKey_NamesPathAndValue(string hook, string template)
    {
        var json = ConfigurationFolder.Sample();
        json["hooks"]![hook]!["sessionKey"] = template;

        var error = _folder.LoadInvalid(json).ShouldHaveSingleItem();

        error.Path.ShouldBe($"$.hooks.{hook}.sessionKey");
        error.Value.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("github:{repository}#{number}")]
    [InlineData("by+{sender}@{event}/{action}")]
    public void Load_WhenAHooksTemplateMakesOne_IsTaken(string template)
    {
        var json = ConfigurationFolder.Sample();
        json["hooks"]!["github"]!["sessionKey"] = template;

        _folder.LoadValid(json).Hooks["github"].SessionKey.Text.ShouldBe(template);
    }

    [Theory]
    [InlineData("hooks", "alerts", "reply")]
    [InlineData("cron", "standup", "deliver")]
    public void Load_WhenAnAnswerGoesToAChannelThatIsNotThere_IsRefused(string section, string name, string key)
    {
        var json = ConfigurationFolder.Sample();
        json["channels"]!.AsObject().Remove("slack");

        _folder.LoadInvalid(json).ShouldContain(
            error => error.Path == $"$.{section}.{name}.{key}" && error.Message.Contains("channels.slack"));
    }

    [Fact]
    public void Load_WhenATriggersAnswerGoesToAChannelThatIsNotThere_IsRefused()
    {
        var json = ConfigurationFolder.Sample();
        json["channels"]!.AsObject().Remove("slack");

        _folder.LoadInvalid(json).ShouldContain(
            error => error.File == _folder.AgentPath("reporter") && error.Path == "$.metadata.holdfast.deliver");
    }

    /// <summary>It ran at its time and must not stop the starts after it.</summary>
    [Fact]
    public void Load_WhenAJobsOneTimeIsPast_IsTaken()
    {
        var json = ConfigurationFolder.Sample();
        json["cron"]!["year-end"]!["schedule"] = new JsonObject { ["at"] = "2001-01-01T00:00:00Z" };

        _folder.LoadValid(json).Cron["year-end"].Schedule.NextDueAt(DateTimeOffset.UnixEpoch).ShouldNotBeNull();
    }

    [Fact]
    public void Load_WhenAJobIsCalledAsAnAgentWithATrigger_IsRefused()
    {
        var json = ConfigurationFolder.Sample();
        json["cron"]!["reporter"] = json["cron"]!["standup"]!.DeepClone();

        _folder.LoadInvalid(json).ShouldHaveSingleItem().Path.ShouldBe("$.cron.reporter");
    }
}
