using Holdfast.Configuration;
using Holdfast.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary><c>holdfast migrate</c> as people run it: what it writes can be loaded, and it writes over nothing unasked.</summary>
public sealed class MigrateCommandTests : IDisposable
{
    private const string Old = """
        // Ours.
        {
          "agents": {
            "main": {
              "instructions": "You help.\nIt costs 5 $ or 10 %.",
              "model": "thinker", "fallbacks": ["quick"], "tools": ["exec"],
              "exec": { "commands": { "echo": { "path": "/bin/echo", "argumentPatterns": ["[\\w .,:-]*"] } }, "timeout": "30s" },
              "session": { "fenceMode": "warn", "queueMode": "followup" },
              "compaction": { "atShare": 0.5 },
              "turnDeadline": "20m", "maxToolRounds": 7, "maxTokens": 900, "temperature": 0.5,
            },
            "reader": { "instructions": "file:prompts/reader.md", "model": "quick" },
          },
          "models": {
            "thinker": { "provider": "bedrock", "modelId": "x" }, // the slow one
            "quick": { "provider": "bedrock", "modelId": "y", "maxAttempts": 2 },
          },
          "limits": { "inboxSweepAge": "60s", "claimWait": "2s" },
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-migrate-").FullName;

    public MigrateCommandTests()
    {
        File.WriteAllText(Path.Combine(_folder, "old.json"), Old);
        Directory.CreateDirectory(Path.Combine(_folder, "prompts"));
        File.WriteAllText(Path.Combine(_folder, "prompts", "reader.md"), "You read $everything.");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Migrate_WhenAgentsStandInTheFile_WritesFilesThatSayTheSame()
    {
        var run = await MigrateAsync("old.json", "--out", "new");

        run.ExitCode.ShouldBe(0, run.Text);
        run.Lines.Count(line => line.StartsWith("wrote", StringComparison.Ordinal)).ShouldBe(3);
        run.Text.ShouldContain("2 comments of the old file are left out");
        run.Text.ShouldContain("inboxSweepAge");
        var configuration = Load("new");
        var main = configuration.Agents["main"];
        main.Instructions.ShouldBe("You help.\nIt costs 5 $ or 10 %.");
        (main.Model, main.Settings.Fallbacks.Single(), main.TurnDeadline).ShouldBe(("thinker", "quick", TimeSpan.FromMinutes(20)));
        (
            main.Settings.FenceMode, main.Settings.MaxToolRounds, main.AnswerLimits.MaxOutputTokens, main.Settings.Temperature,
            main.Settings.Compaction.AtShare)
            .ShouldBe((Turns.FenceMode.Warn, 7, 900, 0.5, 0.5));
        main.Exec!.Commands["echo"].ArgumentPatterns.Single().IsMatch("a b").ShouldBeTrue();
        configuration.Agents["reader"].Instructions.ShouldBe("You read $everything.");
        (configuration.Models["quick"].MaxAttempts, configuration.Limits.ClaimWait).ShouldBe((2, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task Migrate_WhenRunAgain_ChangesNothing()
    {
        await MigrateAsync("old.json", "--out", "new");
        var written = Contents();

        var again = await MigrateAsync("old.json", "--out", "new");
        var ofTheNew = await MigrateAsync("new/holdfast.json");

        again.ExitCode.ShouldBe(0, again.Text);
        again.Lines.Count(line => line.StartsWith("unchanged", StringComparison.Ordinal)).ShouldBe(3);
        ofTheNew.ExitCode.ShouldBe(0, ofTheNew.Text);
        ofTheNew.Text.ShouldContain("nothing to migrate");
        Contents().ShouldBe(written);
    }

    [Fact]
    public async Task Migrate_WhenAFileIsInTheWay_WritesNothingUnlessForced()
    {
        var kept = Path.Combine(_folder, "new", "agents", "main.agent.md");
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        await File.WriteAllTextAsync(kept, "mine");

        var refused = await MigrateAsync("old.json", "--out", "new");

        refused.ExitCode.ShouldBe(2, refused.Text);
        refused.Text.ShouldContain(kept);
        Contents().ShouldBe(["mine"]);
        (await MigrateAsync("old.json", "--out", "new", "--force")).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(kept)).ShouldContain("You help.");
    }

    [Theory]
    [InlineData("{", "is no JSON: line 1")]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{ "agents": { "a.b": { "model": "x" } } }""", "a.b")]
    [InlineData("""{ "agents": { "../out": { "model": "x" } } }""", "../out")]
    [InlineData("""{ "agents": { "main": 7 } }""", "agents.main")]
    [InlineData("""{ "agents": { "main": { "instructions": "file:none.md" } } }""", "none.md")]
    [InlineData("""{ "agents": {}, "agents": {} }""", "cannot be turned")]
    [InlineData("""{ "agents": { "main": { "instructions": "a", "instructions": "b" } } }""", "cannot be turned")]
    [InlineData("""{ "agents": { "main": { "instructions": "\ud800" } } }""", "cannot be turned")]
    [InlineData("""{ "agents": [] }""", "have to be objects")]
    [InlineData("""{ "agents": {}, "limits": 5 }""", "have to be objects")]
    [InlineData("""{ "agents": { "main": { "instructions": "a", "session": "strict" } } }""", "agents.main.session")]
    [InlineData("""{ "agents": { "main": { "model": "x" } } }""", "no instructions")]
    [InlineData("""{ "agents": { "main": { "instructions": "file:/etc/hostname" } } }""", "outside")]
    [InlineData("""{ "agents": { "main": { "instructions": "file:../x" } } }""", "outside")]
    public async Task Migrate_WhenTheOldFileCannotBeUsed_EndsWith2AndASentence(string text, string sentence)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "old.json"), text);

        var run = await MigrateAsync("old.json", "--out", "new");

        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain(sentence);
        Directory.Exists(Path.Combine(_folder, "new")).ShouldBeFalse();
    }

    /// <summary>In its own place the old file is the only one that has the agents: it goes last.</summary>
    [Theory]
    [InlineData("agents")]
    [InlineData("agents/main.agent.md/x")]
    public async Task Migrate_WhenTheAgentsCannotBeWritten_LeavesTheOldFileAsItWas(string inTheWay)
    {
        var old = Path.Combine(_folder, "holdfast.json");
        await File.WriteAllTextAsync(old, Old);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, inTheWay))!);
        await File.WriteAllTextAsync(Path.Combine(_folder, inTheWay), "mine");

        (await MigrateAsync("holdfast.json", "--force")).ExitCode.ShouldBe(2);

        (await File.ReadAllTextAsync(old)).ShouldBe(Old);
        Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Length.ShouldBe(4, "no draft is left");
    }

    [Fact]
    public async Task Migrate_WhenThereIsNoOldFile_EndsWith2() => (await MigrateAsync("none.json")).ExitCode.ShouldBe(2);

    private Task<HoldfastCommand> MigrateAsync(params string[] arguments) => HoldfastCommand.RunInAsync(_folder, ["migrate", .. arguments]);

    private List<string> Contents() =>
        [
            .. Directory.GetFiles(Path.Combine(_folder, "new"), "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllText),
        ];

    private HoldfastConfiguration Load(string folder)
    {
        var outcome = ConfigurationLoader.Load(Path.Combine(_folder, folder, "holdfast.json"), _ => null);
        return outcome.ShouldBeOfType<ConfigurationOutcome.Loaded>(outcome.ToString()).Configuration;
    }
}
