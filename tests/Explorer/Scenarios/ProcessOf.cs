using Holdfast.Delivery;
using Holdfast.Sessions;
using Holdfast.Tests.Explorer.Checks;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Transcripts;
using Holdfast.Turns;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>How the processes of a scenario are set up.</summary>
/// <param name="ModelPause">Between the model's two words.</param>
/// <param name="ClaimWait">How long a claim waits; null for the usual 10 s.</param>
/// <param name="SharesProcess">Actors share a cache, as two executions in one process do.</param>
/// <param name="RollAtBlocks">Appends that a segment takes; null for more than a schedule has.</param>
/// <param name="Compacts">An earlier turn is more than a prompt may take.</param>
internal sealed record PartSettings(
    TimeSpan ModelPause, bool SharesProcess = false, bool GoesOnAfterTakeover = false, int? RollAtBlocks = null, bool Compacts = false,
    TimeSpan? ClaimWait = null);

/// <summary>One life of one process.</summary>
internal sealed class ProcessOf
{
    private readonly World _world;
    private readonly Actor _actor;
    private readonly ActorLog _log;
    private readonly ScriptedModel _model;
    private RunId? _run;

    public ProcessOf(World world, Actor actor, ActorLog log, PartSettings settings, string deployment = Parts.OneDeployment)
    {
        (_world, _actor, _log) = (world, actor, log);
        Clock = new ActorClock(world.Timeline, actor);
        Blobs = new ActorContainer(world, actor, settings.SharesProcess);
        _model = new ScriptedModel(Clock, settings.ModelPause);
        Deployment = new Deployment(
            new DeploymentDependencies(
                deployment,
                Blobs,
                Clock,
                new IdSource(actor.NextId),
                settings.SharesProcess ? world.SharedCache : new ConversationCache(1_000_000),
                new PlatformChannel(world.Platform, actor),
                _model)
            {
                Transcripts = settings.RollAtBlocks is { } blocks
                    ? new TranscriptOptions { RollAtBlocks = blocks }
                    : new TranscriptOptions(),
                Compaction = settings.Compacts ? Prepared.SmallPrompts : null,
            },
            settings.GoesOnAfterTakeover,
            settings.ClaimWait);
    }

    public ActorClock Clock { get; }

    public ActorContainer Blobs { get; }

    public Deployment Deployment { get; }

    /// <summary>One step, and nothing of what comes after it.</summary>
    public async Task<StepNote> StepAsync(TurnReference turn)
    {
        if (turn.RunId != _run)
        {
            _run = turn.RunId;
            _model.Begin();
        }

        return await _log.RunAsync(_actor, Clock, async () =>
        {
            var course = new TurnCourse(turn.SessionKey, null, null, IsTerminated: false) { Turn = turn };
            var (result, claimed) = await Deployment.Step.RunAsync(course, message: null, CancellationToken.None);
            await using var held = claimed;
            return Noted(StepNote.Of(_actor.Name, turn, result, _model.WasHeard));
        });
    }

    /// <summary>A turn as the app's orchestration runs it, to its end or to where it has to come back.</summary>
    public async Task<TurnCourse> TurnAsync(TurnCourse course)
    {
        while (course.Next is not (TurnMove.End or TurnMove.ComeBackLater))
        {
            if (course.ResumeAt is not null)
            {
                course = await PausedAsync(course);
            }

            _model.Begin();
            var before = course;
            course = await _log.RunAsync(_actor, Clock, async () =>
            {
                var after = await (before.Next == TurnMove.Finish
                    ? Deployment.Runner.FinishAsync(before, CancellationToken.None)
                    : Deployment.Runner.AnswerAsync(before, CancellationToken.None));
                if (StepNote.Of(_actor.Name, before, after, _model.WasHeard) is { } note)
                {
                    Noted(note);
                }

                return after;
            });
        }

        return course;
    }

    private StepNote Noted(StepNote note)
    {
        _world.Witness.Steps.Add(note);
        return note;
    }

    /// <summary>The end of a turn whose answer stands.</summary>
    public async Task FinishAsync(TurnReference turn)
    {
        var course = new TurnCourse(turn.SessionKey, null, null, IsTerminated: false)
        {
            Turn = turn,
            Next = TurnMove.Finish,
            Ending = TurnEnding.Replied,
        };
        while (course.Next != TurnMove.End)
        {
            course = course.ResumeAt is null ? course : await PausedAsync(course);
            var now = course;
            course = await _log.RunAsync(
                _actor, Clock, () => Deployment.Finisher.FinishAsync(now, held: null, message: null, CancellationToken.None));
        }
    }

    /// <summary>A life that begins again later comes to it when the pause may be over.</summary>
    private async Task<TurnCourse> PausedAsync(TurnCourse course)
    {
        var left = course.ResumeAt!.Value - Clock.GetUtcNow();
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, Clock, CancellationToken.None);
        return course with { ResumeAt = null };
    }
}
