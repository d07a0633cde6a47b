using System.Globalization;
using Holdfast.Configuration.Agents;
using Holdfast.Tools;

namespace Holdfast.Configuration.Parsing.Sections;

/// <summary>Reads an agent.</summary>
internal static class AgentReader
{
    private const string FilePrefix = "file:";

    public static AgentConfiguration Read(string id, ObjectReader reader)
    {
        var basis = new AgentConfiguration { Id = id, Instructions = Instructions(reader), Model = reader.Text("model") };
        return basis with
        {
            Fallbacks = reader.Texts("fallbacks", basis.Fallbacks),
            Tools = reader.Texts("tools", basis.Tools),
            Exec = Exec(reader),
            Session = Session(reader.Section("session")),
            Compaction = Compaction(reader.Section("compaction")),
            TurnDeadline = reader.Duration("turnDeadline", basis.TurnDeadline, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            MaxToolRounds = reader.WholeNumber("maxToolRounds", basis.MaxToolRounds, 0, 1_000),
            MaxTokens = (int?)reader.OptionalWholeNumber("maxTokens", 1, 1_000_000),
            Temperature = reader.OptionalNumber("temperature", 0, 2),
            // Less than 1,024 is refused by the models that take a budget.
            ReasoningBudgetTokens = (int?)reader.OptionalWholeNumber("reasoningBudgetTokens", 1_024, 1_000_000),
        };
    }

    private static ExecConfiguration? Exec(ObjectReader reader)
    {
        if (!reader.Has("exec"))
        {
            reader.Ignore("exec");
            return null;
        }

        var section = reader.Section("exec");
        var exec = ExecReader.Read(section);
        section.Close();
        return exec;
    }

    private static SessionConfiguration Session(ObjectReader reader)
    {
        var basis = new SessionConfiguration();
        var session = new SessionConfiguration
        {
            FenceMode = reader.Choice("fenceMode", (FenceMode?)basis.FenceMode, ("strict", FenceMode.Strict), ("warn", FenceMode.Warn)),
            QueueMode = reader.Choice(
                "queueMode",
                (QueueMode?)basis.QueueMode,
                ("followup", QueueMode.FollowUp), ("collect", QueueMode.Collect), ("interrupt", QueueMode.Interrupt), ("steer", QueueMode.Steer)),
        };
        if (session.QueueMode != QueueMode.FollowUp)
        {
            reader.File.Report(
                reader.KeyPath("queueMode"),
                session.QueueMode.ToString().ToLowerInvariant(),
                "is not supported yet; use followup");
        }

        reader.Close();
        return session;
    }

    private static CompactionConfiguration Compaction(ObjectReader reader)
    {
        var basis = new CompactionConfiguration();
        var compaction = new CompactionConfiguration
        {
            Enabled = reader.Flag("enabled", basis.Enabled),
            AtShare = reader.OptionalNumber("atShare", 0.05, 1) ?? basis.AtShare,
            KeepShare = reader.OptionalNumber("keepShare", 0, 1) ?? basis.KeepShare,
            Model = reader.OptionalText("model"),
        };
        if (compaction.KeepShare >= compaction.AtShare)
        {
            reader.File.Report(
                reader.KeyPath("keepShare"),
                string.Create(CultureInfo.InvariantCulture, $"must be less than atShare, {compaction.AtShare}: what is kept would be due again at once"));
        }

        reader.Close();
        return compaction;
    }

    private static string Instructions(ObjectReader reader)
    {
        var text = reader.Text("instructions");
        if (!text.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            return text;
        }

        var path = reader.KeyPath("instructions");
        var relative = text[FilePrefix.Length..];
        var full = Path.GetFullPath(relative, reader.File.Folder);
        var below = reader.File.Folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        if (Path.IsPathRooted(relative) || !full.StartsWith(below, StringComparison.Ordinal))
        {
            reader.File.Report(path, text, "must be a path below the folder of this file");
            return string.Empty;
        }

        try
        {
            var content = File.ReadAllText(full);
            if (string.IsNullOrWhiteSpace(content))
            {
                reader.File.Report(path, text, "the file is empty");
            }

            return content;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            reader.File.Report(path, text, "the file cannot be read");
            return string.Empty;
        }
    }
}
