using Holdfast.Channels.Schedules;
using Holdfast.Configuration;
using Holdfast.Inbox;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

/// <summary>Agents as files: front matter, instructions, variables, and what is said about a file that is wrong.</summary>
public sealed class AgentFileTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_WhenAnAgentIsAFile_TakesFrontMatterAndText()
    {
        _folder.Agents["main"] =
            "---\r\nname: Main\r\nmodel: quick # the cheap one\r\ntimeout: 190.5\r\n---\r\n\r\n# You\r\n\r\nBe brief.\r\n";

        var agent = _folder.LoadValid(ConfigurationFolder.Minimal()).Agents["main"];

        (agent.Name, agent.Model, agent.TurnDeadline).ShouldBe(("Main", "quick", TimeSpan.FromSeconds(190.5)));
        agent.Instructions.ShouldBe("# You\n\nBe brief.");
    }

    [Fact]
    public void Load_WhenMainLiesBesideTheConfiguration_IsTaken()
    {
        _folder.Agents.Clear();
        _folder.AddFile("main.agent.md", "---\nmodel: quick\n---\nBe brief.");

        _folder.LoadValid(ConfigurationFolder.Minimal()).Agents.Keys.ShouldBe(["main"]);
    }

    [Fact]
    public void Load_WhenTheSampleHasATrigger_IsAJobOfTheAgentsName()
    {
        var job = _folder.WithSampleAgents().LoadValid(ConfigurationFolder.Sample()).Cron["reporter"];

        (job.Agent, job.Message, job.Deliver)
            .ShouldBe(("reporter", "Write the report of the week.", new ReplyTarget.Slack("C0123ABCD", null)));
        var schedule = job.Schedule.ShouldBeOfType<Schedule.Cron>();
        (schedule.Line.ToString(), schedule.Zone.Id).ShouldBe(("0 17 * * fri", "Europe/Berlin"));
    }

    [Theory]
    [InlineData("at $PLACE and %PLACE%", "at here and here")]
    [InlineData("5$$ and 100%%, $$PLACE", "5$ and 100%, $PLACE")]
    [InlineData("5 $ and 100 % of $PLACE.", "5 $ and 100 % of here.")]
    [InlineData("a\n```sh\necho $HOME %PATH% $$\n```\n$PLACE", "a\n```sh\necho $HOME %PATH% $$\n```\nhere")]
    [InlineData("$TWICE", "$PLACE")]
    public void Load_WhenTheTextHasVariables_FillsThemOnceAndNotBetweenFences(string text, string expected)
    {
        _folder.Settings["PLACE"] = "here";
        _folder.Settings["TWICE"] = "$PLACE";
        _folder.Agents["main"] = $"---\nmodel: quick\nname: $PLACE\n---\n{text}\n";

        var agent = _folder.LoadValid(ConfigurationFolder.Minimal()).Agents["main"];

        (agent.Instructions, agent.Name).ShouldBe((expected, expected == "$PLACE" ? "here" : agent.Name));
        agent.Name.ShouldBe("here");
    }

    [Fact]
    public void Load_WhenVariablesAreSwitchedOff_LeavesThem()
    {
        _folder.Agents["main"] = "---\nmodel: quick\nsubstitute_variables: false\n---\nSay $NOTHING and %NOTHING% and $$.\n";

        _folder.LoadValid(ConfigurationFolder.Minimal()).Agents["main"].Instructions.ShouldBe("Say $NOTHING and %NOTHING% and $$.");
    }

    [Theory]
    [InlineData("Say\n$NOTHING", "NOTHING is not set", 5)]
    [InlineData("Say %SLACK_BOT_TOKEN%", "holds a secret", 4)]
    public void Load_WhenAVariableCannotBeFilled_NamesItWithItsLine(string text, string message, int line)
    {
        _folder.Agents["main"] = $"---\nmodel: quick\n---\n{text}\n";
        var json = ConfigurationFolder.Minimal();
        json["channels"] = ConfigurationFolder.Parse(
            """{ "slack": { "botToken": "env:SLACK_BOT_TOKEN", "signingSecrets": ["env:SLACK_SIGNING_SECRET"], "agent": "main" } }""");

        var error = _folder.LoadInvalid(json).ShouldHaveSingleItem();

        error.Message.ShouldContain(message);
        error.Line.ShouldBe(line);
        error.ToString().ShouldStartWith($"{_folder.AgentPath("main")}:{line}: $: ");
    }

    [Theory]
    [InlineData("model: quick\nmodel: other", "$.model", "twice", 3)]
    [InlineData("model: quick\nmetadata:\n  holdfast:\n    fenceMode: loose", "$.metadata.holdfast.fenceMode", "strict, warn", 5)]
    [InlineData("model: quick\nmetadata:\n  holdfast:\n    fallback: []", "$.metadata.holdfast.fallback", "did you mean 'fallbacks'?", 5)]
    [InlineData("model: quick\ntool: true", "$.tool", "did you mean 'tools'?", 3)]
    [InlineData("name: x", "$.model", "is missing", null)]
    [InlineData("model: [a", "$", "column", null)]
    [InlineData("model: quick\n\tname: x", "$", "no YAML", null)]
    [InlineData("model: &m quick\nname: *m", "$", "anchors", 2)]
    [InlineData("model: !!str quick", "$", "tags", 2)]
    [InlineData("- model", "$", "keys and values", null)]
    public void Load_WhenTheFrontMatterIsWrong_SaysWhere(string yaml, string path, string message, int? line)
    {
        _folder.Agents["main"] = $"---\n{yaml}\n---\nBe brief.\n";

        var error = _folder.LoadInvalid(ConfigurationFolder.Minimal()).ShouldHaveSingleItem();

        (error.File, error.Path).ShouldBe((_folder.AgentPath("main"), path));
        error.Message.ShouldContain(message);
        error.Line.ShouldBe(line ?? error.Line);
    }

    [Theory]
    [InlineData("Be brief.", "begins with its front matter")]
    [InlineData("---\nmodel: quick\nBe brief.", "begins with its front matter")]
    [InlineData("---\nmodel: quick\n---\n \n", "no instructions")]
    public void Load_WhenTheFileHasNotBothParts_SaysSo(string text, string message)
    {
        _folder.Agents["main"] = text;

        _folder.LoadInvalid(ConfigurationFolder.Minimal()).ShouldHaveSingleItem().Message.ShouldContain(message);
    }

    [Fact]
    public void Load_WhenYamlWouldGrowBeyondWhatItSays_IsRefused()
    {
        _folder.Agents["main"] = $"---\nmodel: quick\nmetadata: {new string('[', 40)}{new string(']', 40)}\n---\nBe brief.\n";
        _folder.LoadInvalid(ConfigurationFolder.Minimal()).ShouldHaveSingleItem().Message.ShouldContain("too deep");

        _folder.Agents["main"] = $"---\nmodel: quick\nmetadata: [{string.Join(',', Enumerable.Repeat('1', 6_000))}]\n---\nBe brief.\n";
        _folder.LoadInvalid(ConfigurationFolder.Minimal()).ShouldHaveSingleItem().Message.ShouldContain("too large");

        _folder.Agents["main"] = $"---\nmodel: quick\n---\n{new string('x', 1024 * 1024)}\n";
        _folder.LoadInvalid(ConfigurationFolder.Minimal()).ShouldHaveSingleItem().Message.ShouldContain("larger than");
    }

    [Theory]
    [InlineData("mcp: true")]
    [InlineData("mcp: { exclude: [x] }")]
    [InlineData("skills: true")]
    [InlineData("subagents: [{ agent: reporter, when: asked }]")]
    [InlineData("system_tools: { web_request: true }")]
    [InlineData("workflows: [x]")]
    [InlineData("builtin_endpoints: { chat_api: true, http_auth: none }")]
    [InlineData("trigger: { type: http_trigger, args: { route: x } }")]
    [InlineData("metadata: { holdfast: { channels: { slack: [C1] } } }")]
    [InlineData("mcp: { exclude: [] }")]
    [InlineData("skills: { exclude: [] }")]
    public void Load_WhenAKeyOfTheConventionWouldChangeWhatTheAgentMayDo_IsRefused(string line)
    {
        _folder.Agents["main"] = $"---\nmodel: quick\n{line}\n---\nBe brief.\n";

        var error = _folder.LoadInvalid(ConfigurationFolder.Minimal()).ShouldHaveSingleItem();

        error.Message.ShouldContain("not served");
        error.Path.ShouldStartWith("$." + line.Split(':')[0]);
        error.Line.ShouldBe(3);
    }

    [Theory]
    [InlineData("timeout: 1e400", "$.timeout")]
    [InlineData("timeout: 999999999999999999999999999999999999999e999", "$.timeout")]
    [InlineData("metadata: { holdfast: { temperature: 1e999 } }", "$.metadata.holdfast.temperature")]
    [InlineData("&a description: x", "$")]
    [InlineData("!!str description: x", "$")]
    [InlineData("description: \"\\UFFFFFFFF\"", "$")]
    [InlineData("\"\": 5", "$['']")]
    public void Load_WhenAValueOrKeyIsNone_SaysWhere(string line, string path)
    {
        _folder.Agents["main"] = $"---\nmodel: quick\n{line}\n---\nBe brief.\n";

        var error = _folder.LoadInvalid(ConfigurationFolder.Minimal()).ShouldHaveSingleItem();

        (error.Path, error.Line).ShouldBe((path, line.Contains("UFFFF", StringComparison.Ordinal) ? 2 : 3));
    }

    /// <summary>A setting has several names, and none of them brings a secret into a prompt or into an error.</summary>
    [Theory]
    [InlineData("env:SLACK:TOK", "$SLACK__TOK")]
    [InlineData("env:SLACK__TOK", "%SLACK__TOK%")]
    [InlineData("env:TOK", "$APPSETTING_TOK")]
    [InlineData("env:TOK", "$DOTNET_TOK")]
    [InlineData("env:ConnectionStrings:TOK", "$CUSTOMCONNSTR_TOK")]
    public void Load_WhenAnAgentNamesASecretOtherwise_IsRefusedAndShowsNothing(string secret, string variable)
    {
        _folder.Agents["main"] = $"---\nmodel: quick\n---\nSay {variable}.\n";
        var json = ConfigurationFolder.Minimal();
        json["channels"] = ConfigurationFolder.Parse($$"""{ "github": { "token": "{{secret}}" } }""");

        foreach (var name in new[] { secret[4..], variable.Trim('$', '%') })
        {
            _folder.Settings[name] = "hush-hush";
        }

        var errors = _folder.LoadInvalid(json);

        errors.ShouldHaveSingleItem().Message.ShouldContain("holds a secret");
        errors.ShouldNotContain(error => error.ToString().Contains("hush-hush", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_WhenASettingFillsAWrongValue_DoesNotShowIt()
    {
        _folder.Agents["main"] = "---\nmodel: $ALERTS\n---\nBe brief.\n";

        _folder.Settings["ALERTS"] = "hush-hush";

        var error = _folder.LoadInvalid(ConfigurationFolder.Minimal()).ShouldHaveSingleItem();

        (error.Path, error.Value).ShouldBe(("$.model", "(from a setting)"));
    }

    [Theory]
    [InlineData("mcp: false", 0)]
    [InlineData("subagents: []", 0)]
    [InlineData("system_tools: { web_request: false }", 0)]
    [InlineData("logger: true", 1)]
    [InlineData("response_schema: { type: object }", 1)]
    [InlineData("metadata: { owner: somebody }", 0)]
    public void Load_WhenAKeyOfTheConventionChangesNothing_IsAtMostWarnedAbout(string line, int warnings)
    {
        _folder.Agents["main"] = $"---\nmodel: quick\n{line}\n---\nBe brief.\n";

        var outcome = _folder.Load(ConfigurationFolder.Minimal().ToJsonString());

        outcome.ShouldBeOfType<ConfigurationOutcome.Loaded>(outcome.ToString()).Warnings.Length.ShouldBe(warnings);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("{ exclude: [] }", true)]
    [InlineData("{ exclude: [exec] }", false)]
    public void Load_WhenToolsAreChosen_OffersThoseSetUp(string tools, bool isOffered)
    {
        _folder.Agents["main"] =
            $"---\nmodel: quick\ntools: {tools}\nmetadata: {{ holdfast: {{ exec: {{ commands: {{ date: {{}} }} }} }} }}\n---\nBe brief.\n";

        (_folder.LoadValid(ConfigurationFolder.Minimal()).Agents["main"].Exec is not null).ShouldBe(isOffered);
    }

    [Theory]
    [InlineData("agents.config.yaml")]
    [InlineData("mcp.json")]
    public void Load_WhenAFileOfTheConventionIsNotServed_NamesIt(string name)
    {
        _folder.AddFile(name, "x");

        _folder.LoadInvalid(ConfigurationFolder.Minimal()).ShouldHaveSingleItem().File.ShouldEndWith(name);
    }

    [Fact]
    public void Load_WhenAFileIsNamedOtherwise_IsWarnedAbout()
    {
        _folder.AddFile("agents/notes.md", "x");

        var loaded = _folder.Load(ConfigurationFolder.Minimal().ToJsonString()).ShouldBeOfType<ConfigurationOutcome.Loaded>();

        loaded.Warnings.ShouldHaveSingleItem().File.ShouldEndWith("notes.md");
    }
}
