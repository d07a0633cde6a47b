using Holdfast.Outbox;
using Holdfast.Sessions;
using Holdfast.Tests.Explorer.Checks;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Steps;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>How the processes of a scenario are set up.</summary>
/// <param name="ModelPause">Between the model's two words.</param>
/// <param name="ClaimWait">How long a claim waits; beyond <c>LeaseOptions.BreakAfter</c> it may break in. Null for the usual 10 s.</param>
/// <param name="SharesProcess">Actors share a cache, as two executions in one process do.</param>
/// <param name="RollAtBlocks">Appends that a segment takes; null for more than a schedule has.</param>
/// <param name="Compacts">An earlier turn is more than a prompt may take.</param>
internal sealed record PartSettings(
    TimeSpan ModelPause, bool SharesProcess = false, bool GoesOnAfterTakeover = false, int? RollAtBlocks = null, bool Compacts = false, TimeSpan? ClaimWait = null);

/// <summary>One life of one process.</summary>
internal sealed class ProcessOf
{
    private readonly World _world;
    private readonly Actor _actor;
    private readonly Diary _diary;
    private readonly ScriptedModel _model;
    private string? _run;

    public ProcessOf(World world, Actor actor, Diary diary, PartSettings settings, string deployment = Parts.OneDeployment)
    {
        (_world, _actor, _diary) = (world, actor, diary);
        Clock = new ActorClock(world.Timeline, actor);
        Blobs = new ActorContainer(world, actor, settings.SharesProcess);
        _model = new ScriptedModel(Clock, settings.ModelPause);
        Deployment = new Deployment(
            new DeploymentSeams(
                deployment,
                Blobs,
                Clock,
                new IdSource(actor.NextId),
                settings.SharesProcess ? world.SharedCache : new ConversationCache(1_000_000),
                new PlatformChannel(world.Platform, actor),
                _model)
            {
                Transcripts = settings.RollAtBlocks is { } blocks ? new TranscriptOptions { RollAtBlocks = blocks } : new TranscriptOptions(),
                Compaction = settings.Compacts ? Prepared.SmallPrompts : null,
            },
            settings.GoesOnAfterTakeover,
            settings.ClaimWait);
    }

    public ActorClock Clock { get; }

    public ActorContainer Blobs { get; }

    public Deployment Deployment { get; }

    public Task<TurnReference?> OpenAsync() =>
        _diary.RunAsync(_actor, Clock, () => Deployment.Opener.OpenAsync(Prepared.Key, CancellationToken.None));

    public async Task<StepNote> StepAsync(TurnReference turn)
    {
        if (turn.RunId != _run)
        {
            _run = turn.RunId;
            _model.Begin();
        }

        var note = await _diary.RunAsync(_actor, Clock, async () =>
        {
            var report = await Deployment.Step.RunAsync(new StepRequest(turn, 0, []), NoProgress.Instance, CancellationToken.None);
            var found = new StepNote(_actor.Name, turn.RunId, report, _model.WasHeard);
            _world.Witness.Steps.Add(found);
            return found;
        });
        return note;
    }

    public async Task<bool> FinishAsync(TurnReference turn, TurnEnding ending, TurnFailure? failure)
    {
        await _diary.RunAsync(_actor, Clock, () =>
            Deployment.Finisher.FinishAsync(new FinishRequest(turn, ending, 0, failure, TurnTally.Zero), CancellationToken.None));
        return true;
    }
}
