using Holdfast.Configuration.Parsing;

namespace Holdfast.Configuration.Agents;

/// <summary>Checks what an agent says of models and limits, and that its own limits fit together.</summary>
internal sealed class AgentValidator
{
    private const string Settings = "$.metadata.holdfast";
    private readonly AgentConfiguration _agent;
    private readonly ConfigurationFile _file;
    private readonly HoldfastConfiguration _configuration;

    private AgentValidator(ReadAgent read, HoldfastConfiguration configuration) =>
        (_agent, _file, _configuration) = (read.Agent, read.File, configuration);

    public static void Check(ReadAgent read, HoldfastConfiguration configuration)
    {
        var validator = new AgentValidator(read, configuration);
        validator.CheckTools();
        validator.CheckModels();
        validator.CheckReasoning();
        validator.CheckDeadline();
        if (read.Agent.Trigger is not null)
        {
            ReferenceValidator.CheckTarget(
                read.Agent.Settings.Deliver, Settings + ".deliver", configuration.Channels, mayComment: false, read.File);
        }
    }

    private void CheckTools()
    {
        var known = ReferenceValidator.KnownTools;
        foreach (var (index, tool) in _agent.Tools.Exclude.Index().Where(tool => !known.Contains(tool.Item)))
        {
            var hint = NearestName.Hint(tool, known);
            _file.Report(JsonPath.Index("$.tools.exclude", index), tool, $"there is no such tool{hint}; known: {string.Join(", ", known)}");
        }

        if (_agent.Settings.Exec is not { } exec)
        {
            return;
        }

        if (exec.Timeout >= _agent.TurnDeadline)
        {
            _file.Report(
                Settings + ".exec.timeout",
                DurationText.Write(exec.Timeout),
                $"must be less than the agent's turnDeadline of {DurationText.Write(_agent.TurnDeadline)}");
        }

        foreach (var (index, name) in exec.Environment.Index().Where(name => _file.HoldsSecret(name.Item)))
        {
            _file.Report(
                JsonPath.Index(Settings + ".exec.environment", index), name, "holds a secret of this configuration; no command may see it");
        }
    }

    private void CheckModels()
    {
        CheckModel(_agent.Model, "$.model");
        foreach (var (index, fallback) in _agent.Settings.Fallbacks.Index())
        {
            var path = JsonPath.Index(Settings + ".fallbacks", index);
            if (fallback == _agent.Model)
            {
                _file.Report(path, fallback, "is the agent's model already: falling back to it would go in a circle");
            }

            CheckModel(fallback, path);
        }

        CheckModel(_agent.Settings.Compaction.Model, Settings + ".compaction.model");
    }

    /// <param name="id">Null where none is given, or it is reported as missing.</param>
    private void CheckModel(string? id, string path)
    {
        if (id is null)
        {
            return;
        }

        if (!_configuration.Models.TryGetValue(id, out var model))
        {
            _file.Report(path, id, $"there is no such model{NearestName.Hint(id, _configuration.Models.Keys)}");
            return;
        }

        if (model.FirstEventTimeout >= _agent.TurnDeadline)
        {
            _file.Report(
                path,
                id,
                $"this model may be silent for {DurationText.Write(model.FirstEventTimeout)} (firstEventTimeout), which must be less "
                + $"than the agent's turnDeadline of {DurationText.Write(_agent.TurnDeadline)}");
        }

        var most = _agent.AnswerLimits.MaxOutputTokens;
        if (most > model.MaxOutputTokens)
        {
            _file.Report(
                path,
                id,
                $"this model answers with at most {model.MaxOutputTokens} tokens (maxOutputTokens), less than the agent's "
                + $"max_output_tokens of {most}");
        }

        if (_agent.AnswerLimits.AgentFramework.Compaction.MaxContextWindowTokens is { } room && room <= (most ?? model.MaxOutputTokens))
        {
            _file.Report(
                path,
                id,
                $"an answer of this model may take {most ?? model.MaxOutputTokens} tokens, and the agent's max_context_window_tokens "
                + $"of {room} leaves no room for a prompt");
        }
    }

    private void CheckReasoning()
    {
        if (_agent.Settings.ReasoningBudgetTokens is not { } budget
            || _agent.Model is null || !_configuration.Models.TryGetValue(_agent.Model, out var first))
        {
            return;
        }

        if (!first.Reasons)
        {
            _file.Report(Settings + ".reasoningBudgetTokens", $"the model '{first.Id}' does not reason");
        }

        var answer = _agent.AnswerLimits.MaxOutputTokens ?? first.MaxOutputTokens;
        if (budget >= answer)
        {
            _file.Report(Settings + ".reasoningBudgetTokens", $"must be less than the longest answer, {answer} tokens");
        }
    }

    /// <summary>
    /// A turn outlives the waits within it: else its deadline ends it while it stands in line or waits for a dead writer's lease.
    /// </summary>
    private void CheckDeadline()
    {
        var (limits, deadline) = (_configuration.Limits, _agent.TurnDeadline);
        var path = _agent.Settings.TurnDeadline is null && _agent.Timeout is not null ? "$.timeout" : Settings + ".turnDeadline";
        if (deadline <= limits.ClaimWait)
        {
            _file.Report(path, DurationText.Write(deadline), $"must be more than limits.claimWait, {DurationText.Write(limits.ClaimWait)}");
        }

        if (deadline <= limits.FenceWait())
        {
            _file.Report(
                path,
                DurationText.Write(deadline),
                $"must be more than {DurationText.Write(limits.FenceWait())}: limits.leaseDuration and what a write waits beyond it "
                + "for a writer that died");
        }
    }
}
