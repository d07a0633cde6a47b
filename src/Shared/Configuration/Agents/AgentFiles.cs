using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Holdfast.Configuration.Parsing;

namespace Holdfast.Configuration.Agents;

/// <summary>An agent and the file that it was read from, for what is found wrong with it later.</summary>
internal sealed record ReadAgent(AgentConfiguration Agent, ConfigurationFile File);

/// <summary>
/// Reads <c>agents/{id}.agent.md</c> and <c>main.agent.md</c> beside the configuration: front matter between two lines of <c>---</c>, then
/// the instructions.
/// </summary>
internal static class AgentFiles
{
    public const string Extension = ".agent.md";
    private const int MaxBytes = 1024 * 1024;
    private const string Fence = "---";

    /// <summary>What the convention keeps in files of their own and this app does not read; each changes what an agent may do.</summary>
    private static readonly string[] OtherFiles = ["agents.config.yaml", "agents.config.yml", "mcp.json"];

    /// <summary>By id. What cannot be read is reported and left out.</summary>
    public static List<ReadAgent> Read(ConfigurationFile root)
    {
        var skills = Path.Combine(root.Folder, "skills");
        var others = OtherFiles.Select(name => Path.Combine(root.Folder, name)).Where(File.Exists)
            .Concat(Directory.Exists(skills) ? Directory.GetDirectories(skills).Select(one => Path.Combine(one, "SKILL.md")) : []);
        foreach (var other in others.Where(File.Exists))
        {
            root.Other(other).Report(JsonPath.Root, "this file is not served, and agents could do less or more without it: take it away");
        }

        var agents = new List<ReadAgent>();
        var paths = Find(root);
        foreach (var path in paths)
        {
            var file = root.Other(path);
            var id = Path.GetFileName(path)[..^Extension.Length];
            if (!AgentConfiguration.IsId(id))
            {
                file.Report(
                    JsonPath.Root,
                    id,
                    "an agent's id, the file's name before .agent.md, has 1 to 64 lower-case letters, digits, dashes or underscores and "
                    + "starts with a letter or digit: it is part of session keys");
            }
            else if (agents.Exists(other => other.Agent.Id == id))
            {
                file.Report(JsonPath.Root, $"there is another agent {id}");
            }
            else if (Agent(id, file) is { } agent)
            {
                agents.Add(new ReadAgent(agent, file));
            }
        }

        if (paths.Count == 0)
        {
            root.Report(JsonPath.Root, "there is no agent; write one into agents/main.agent.md beside this file");
        }

        return agents;
    }

    private static List<string> Find(ConfigurationFile root)
    {
        var folder = Path.Combine(root.Folder, "agents");
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToList() : [];
        string[] folders = Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
        foreach (var below in folders.Order(StringComparer.Ordinal))
        {
            root.Other(below).Warn(JsonPath.Root, "is no agent: agents stand right in this folder, a file each");
        }

        foreach (var other in files.Where(file => !file.EndsWith(Extension, StringComparison.Ordinal)))
        {
            root.Other(other).Warn(JsonPath.Root, $"is no agent: its name does not end in {Extension}");
        }

        var main = Path.Combine(root.Folder, "main" + Extension);
        var agents = files.Where(file => file.EndsWith(Extension, StringComparison.Ordinal));
        return File.Exists(main) ? [.. agents, main] : [.. agents];
    }

    private static AgentConfiguration? Agent(string id, ConfigurationFile file)
    {
        if (Text(file) is not { } text || Split(text, file) is not { } parts)
        {
            return null;
        }

        // Read once as it is, to know whether variables are meant.
        var errors = file.Errors.Count;
        var plain = new FrontMatter(file, 1, (value, _) => value).Read(parts.Yaml);
        if (plain is null || file.Errors.Count > errors)
        {
            return null;
        }

        var fills = plain["substitute_variables"] is not JsonValue flag || !flag.TryGetValue<bool>(out var given) || given;
        var front = fills ? new FrontMatter(file, 1, (value, line) => Variables.Fill(value, file, line)).Read(parts.Yaml)! : plain;
        AgentKeys.Prepare(front, file);
        var agent = new OptionsReader(file).Read<AgentConfiguration>(JsonSerializer.SerializeToElement(front), JsonPath.Root);
        var instructions = (fills ? Variables.Fill(parts.Body, file, parts.BodyLine) : parts.Body).Trim();
        if (instructions.Length == 0)
        {
            file.ReportLine(parts.BodyLine, "there are no instructions below the front matter");
        }

        return agent with { Id = id, File = file.Path, Instructions = instructions };
    }

    private static string? Text(ConfigurationFile file)
    {
        try
        {
            if (new FileInfo(file.Path).Length <= MaxBytes)
            {
                var bytes = File.ReadAllBytes(file.Path);
                if (Utf8.IsValid(bytes))
                {
                    var text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
                    return text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
                }

                file.Report(JsonPath.Root, "the file is no UTF-8 text");
                return null;
            }

            file.Report(JsonPath.Root, string.Create(CultureInfo.InvariantCulture, $"the file is larger than {MaxBytes} bytes"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            file.Report(JsonPath.Root, $"the file cannot be read: {fault.Message}");
        }

        return null;
    }

    private static (string Yaml, string Body, int BodyLine)? Split(string text, ConfigurationFile file)
    {
        var lines = text.Split('\n');
        var end = lines[0].TrimEnd() == Fence ? Array.FindIndex(lines, 1, line => line.TrimEnd() == Fence) : -1;
        if (end < 0)
        {
            file.ReportLine(1, "an agent's file begins with its front matter, between two lines of ---");
            return null;
        }

        return (string.Join('\n', lines[1..end]), string.Join('\n', lines[(end + 1)..]), end + 2);
    }
}
