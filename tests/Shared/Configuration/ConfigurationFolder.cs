using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Configuration;
using Holdfast.Configuration.Agents;
using Holdfast.Configuration.Parsing;
using Shouldly;

namespace Holdfast.Tests.Configuration;

/// <summary>A folder with a configuration in it, and the settings of the process that reads it.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-configuration-").FullName;

    public Dictionary<string, string> Settings { get; } = new()
    {
        ["PATH"] = "/usr/bin:/bin",
        ["SLACK_BOT_TOKEN"] = "xoxb-from-settings",
        ["SLACK_SIGNING_SECRET"] = "signing-from-settings",
        ["GITHUB_APP_PRIVATE_KEY"] = "pem-from-settings",
        ["GITHUB_TOKEN"] = "ghp-from-settings",
        ["GITHUB_WEBHOOK_SECRET"] = "hook-from-settings",
        ["ALERTS_SECRET"] = "alerts-from-settings",
        ["DEPLOYS_TOKEN"] = "deploys-from-settings",
    };

    public string FilePath => Path.Combine(_folder, ConfigurationLoader.DefaultFileName);

    public static string SourceFile(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent.ShouldNotBeNull();
        }

        return Path.Combine(folder.FullName, "src", "Functions", name);
    }

    /// <summary>Agents' files by id; at first one that answers with the model <c>quick</c>.</summary>
    public Dictionary<string, string> Agents { get; } = new() { ["main"] = "---\nmodel: quick\n---\nBe brief.\n" };

    public static JsonNode Sample() => Parse(File.ReadAllText(SourceFile("holdfast.sample.json")));

    public static JsonNode Minimal() => Parse("""{ "models": { "quick": { "provider": "bedrock", "modelId": "some.model" } } }""");

    /// <summary>The front matter of an agent of the sample.</summary>
    public static JsonObject SampleAgent(string id)
    {
        var file = new ConfigurationFile(SourceFile($"agents/{id}.agent.md"), _ => null);
        var text = File.ReadAllText(file.Path).Split("---\n")[1];
        return Parse(new FrontMatter(file, 1, (value, _) => value).Read(text).ShouldNotBeNull().ToJsonString()).AsObject();
    }

    /// <summary>Takes the agents of the sample in place of the one that is there at first.</summary>
    public ConfigurationFolder WithSampleAgents()
    {
        foreach (var file in Directory.GetFiles(SourceFile("agents")))
        {
            Agents[Path.GetFileName(file).Split('.')[0]] = File.ReadAllText(file);
        }

        return this;
    }

    /// <summary>Writes an agent's front matter as JSON, which is YAML as well.</summary>
    public void SetAgent(string id, JsonNode front, string instructions = "Be brief.") =>
        Agents[id] = $"---\n{front.ToJsonString()}\n---\n{instructions}\n";

    public string AgentPath(string id) => Path.Combine(_folder, "agents", id + ".agent.md");

    public static JsonNode Parse(string text) =>
        JsonNode.Parse(text, null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })
            .ShouldNotBeNull();

    public void AddFile(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public ConfigurationOutcome Load(string text)
    {
        File.WriteAllText(FilePath, text);
        foreach (var (id, agent) in Agents)
        {
            AddFile($"agents/{id}.agent.md", agent);
        }

        return ConfigurationLoader.Load(FilePath, name => Settings.GetValueOrDefault(name));
    }

    public HoldfastConfiguration LoadValid(JsonNode json)
    {
        var outcome = Load(json.ToJsonString());
        return outcome.ShouldBeOfType<ConfigurationOutcome.Loaded>(outcome.ToString()).Configuration;
    }

    public IReadOnlyList<ConfigurationError> LoadInvalid(string text) => Load(text).ShouldBeOfType<ConfigurationOutcome.Invalid>().Errors;

    public IReadOnlyList<ConfigurationError> LoadInvalid(JsonNode json) => LoadInvalid(json.ToJsonString());

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
