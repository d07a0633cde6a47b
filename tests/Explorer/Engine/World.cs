using Holdfast.Storage;
using Holdfast.Tests.Explorer.Checks;
using Holdfast.Tests.Explorer.Scenarios;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Explorer.Engine;

/// <summary>
/// One run of a scenario: the blob service, the time, the platform that replies go to, and the actors, all at rest between two steps.
/// The same choices always lead to the same state.
/// </summary>
internal sealed class World
{
    public static readonly TimeSpan BeyondTheLease = TimeSpan.FromSeconds(61);

    /// <summary>What a call may take without being a fault.</summary>
    public static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(30);

    private readonly Scenario _scenario;
    private readonly Queue<(Actor Actor, SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly Dictionary<string, BlobTrack> _tracks = new(StringComparer.Ordinal);
    private readonly Dictionary<BlobETag, Fingerprint> _versions = [];
    private readonly List<HeldCall> _late = [];
    private readonly MemoryBlobStore _store;

    public World(Scenario scenario)
    {
        _scenario = scenario;
        _store = scenario.InitialStore.Clone(new StoreClock(this));
        Raw = new MemoryBlobContainer(_store);
        Service = scenario.Wrap(Raw);
        foreach (var row in List(""))
        {
            Changed(row.Path, null);
        }

        for (var index = 0; index < scenario.Roles.Count; index++)
        {
            Diaries.Add(new Diary());
            Actors.Add(null!);
            Begin(index, life: 0);
        }

        Settle();
    }

    public Timeline Timeline { get; } = new();

    /// <summary>The service as the actors meet it.</summary>
    public IBlobContainer Service { get; }

    /// <summary>The service as it is, for checks.</summary>
    public MemoryBlobContainer Raw { get; }

    public List<Actor> Actors { get; } = [];

    /// <summary>What the engine recorded of each role's activities; outlives crashes.</summary>
    public List<Diary> Diaries { get; } = [];

    public Platform Platform { get; } = new();

    public Witness Witness { get; } = new();

    /// <summary>For the actors of a scenario that run in one process.</summary>
    public ConversationCache SharedCache { get; } = new(1_000_000);

    public string? Violation { get; private set; }

    /// <summary>Steps taken so far.</summary>
    public int Depth { get; private set; }

    public bool IsOver => _late.Count == 0 && Actors.All(actor => actor.IsDone);

    public IReadOnlyList<Choice> Choices()
    {
        var choices = new List<Choice>();
        for (var actor = 0; actor < Actors.Count; actor++)
        {
            choices.AddRange(Enumerable.Range(0, Actors[actor].Held.Count).Select(held => Choice.OfCall(actor, held, CallFate.Answered)));
        }

        choices.AddRange(Enumerable.Range(0, _late.Count).Select(Choice.Land));
        if (Timeline.NextDueAt is { } due && Actors.Any(actor => !actor.IsDone && actor.Held.Count == 0)
            && Actors.All(actor => actor.Held.All(call => due <= call.Since + LongestCall)))
        {
            choices.Add(Choice.Tick);
        }

        for (var actor = 0; actor < Actors.Count; actor++)
        {
            AddFaults(choices, actor);
        }

        if (Actors.Any(actor => actor.Held.Count > 0))
        {
            choices.Add(Choice.Lapse);
        }

        return choices;
    }

    /// <returns>The step in words.</returns>
    public string Apply(Choice choice)
    {
        Depth++;
        var text = Perform(choice);
        Settle();
        foreach (var actor in Actors)
        {
            if (actor.Fault is { } fault)
            {
                Violate($"{actor.Name} ended with {fault.GetType().Name}: {fault.Message}");
            }
        }

        return text;
    }

    public void Violate(string what) => Violation ??= what;

    public ulong Print()
    {
        var print = Timeline.MixInto(Fingerprint.Empty);
        var blobs = 0UL;
        foreach (var (name, track) in _tracks)
        {
            var blob = track.Print;
            if (name.StartsWith("sessions/", StringComparison.Ordinal) && _store.LeaseOf(track.Path) is { } lease)
            {
                blob = blob.With(lease.Id).With(lease.Left.Ticks).With(lease.IsBroken ? 1UL : 0);
            }

            blobs += blob.Value;
        }

        print = _scenario.MixShared(this, Platform.MixInto(print.With(blobs)));
        foreach (var actor in Actors)
        {
            print = actor.Held.Aggregate(print.With(actor.History.Value), (sum, call) => sum.With((Timeline.Now - call.Since).Ticks));
        }

        return _late.Aggregate(print, (sum, call) => sum.With(call.Label).With((ulong)call.Actor.Index)).Value;
    }

    public Fingerprint PrintOf(string name) => _tracks.TryGetValue(name, out var track) ? track.Print : Fingerprint.Empty;

    public Fingerprint PrintOfVersion(BlobETag etag) => _versions.GetValueOrDefault(etag);

    public IReadOnlyList<BlobListing> List(string prefix)
    {
        var rows = new List<BlobListing>();
        var listing = Raw.ListAsync(prefix, CancellationToken.None).GetAsyncEnumerator();
        while (listing.MoveNextAsync().AsTask().GetAwaiter().GetResult())
        {
            rows.Add(listing.Current);
        }

        return rows;
    }

    /// <summary>Looks at a blob after a call that may have changed it.</summary>
    public void Changed(BlobPath path, Actor? by)
    {
        var snapshot = Raw.ReadAsync(path, 0, null, CancellationToken.None).GetAwaiter().GetResult();
        if (!_tracks.TryGetValue(path.Value, out var track))
        {
            _tracks[path.Value] = track = new BlobTrack(path);
        }

        if (track.Take(snapshot))
        {
            if (snapshot is not null)
            {
                _versions[snapshot.ETag] = track.Print;
            }

            if (Witness.See(track, by) is { } fault)
            {
                Violate(fault);
            }
        }
    }

    public void Enqueue(Actor actor, SendOrPostCallback callback, object? state) => _ready.Enqueue((actor, callback, state));

    private void AddFaults(List<Choice> choices, int index)
    {
        var held = Actors[index].Held;
        for (var call = 0; call < held.Count; call++)
        {
            if (held[call].Label.StartsWith("answer of", StringComparison.Ordinal))
            {
                continue;
            }

            choices.Add(Choice.OfCall(index, call, CallFate.Failed));
            if (held[call].Writes)
            {
                choices.Add(Choice.OfCall(index, call, CallFate.AnswerLost));
                choices.Add(Choice.OfCall(index, call, CallFate.Late));
            }
        }

        if (held.Count > 0)
        {
            choices.Add(Choice.Crash(index));
        }
    }

    private string Perform(Choice choice)
    {
        switch (choice.Kind)
        {
            case ChoiceKind.Call:
                return DecideCall(Actors[choice.Actor], Actors[choice.Actor].Held[choice.Call], choice.Fate);
            case ChoiceKind.Land:
                var late = _late[choice.Call];
                _late.RemoveAt(choice.Call);
                late.Land();
                return $"{late.Actor.Name}: {late.Label} takes effect only now → {late.Result}";
            case ChoiceKind.Tick:
                var due = Timeline.NextDueAt!.Value;
                Timeline.AdvanceTo(due > Timeline.Now ? due : Timeline.Now, Settle);
                return $"time goes on to {(Timeline.Now - Timeline.Start).TotalSeconds} s";
            case ChoiceKind.Lapse:
                Timeline.AdvanceTo(Timeline.Now + BeyondTheLease, Settle);
                return $"FAULT everybody stands still for {BeyondTheLease.TotalSeconds} s, to {(Timeline.Now - Timeline.Start).TotalSeconds} s";
            default:
                var crashed = Actors[choice.Actor];
                var text = $"FAULT {crashed.Name} crashes before {string.Join(" and ", crashed.Held.Select(call => call.Label))}; the engine runs it again";
                Timeline.DisarmAllOf(crashed);
                crashed.Crash();
                Begin(choice.Actor, crashed.Life + 1);
                return text;
        }
    }

    private string DecideCall(Actor actor, HeldCall call, CallFate fate)
    {
        call.Decide(fate);
        if (fate == CallFate.Late)
        {
            _late.Add(call);
        }

        return fate switch
        {
            CallFate.Answered => $"{actor.Name}: {call.Label} → {call.Result}",
            CallFate.Failed => $"FAULT {actor.Name}: {call.Label} fails without effect",
            CallFate.AnswerLost => $"FAULT {actor.Name}: {call.Label} takes effect, its answer is lost",
            _ => $"FAULT {actor.Name}: {call.Label} is given up by its caller and still under way",
        };
    }

    private void Begin(int index, int life)
    {
        var role = _scenario.Roles[index];
        var diary = Diaries[index];
        var actor = new Actor(this, life == 0 ? role.Name : $"{role.Name}'{life}", index, life, diary.Print.With(role.Name).With((ulong)life));
        Actors[index] = actor;
        diary.BeginLife();
        actor.Start(() => role.RunAsync(this, actor, diary));
    }

    /// <summary>Runs every actor on until it stands still.</summary>
    private void Settle()
    {
        do
        {
            while (_ready.TryDequeue(out var next))
            {
                if (next.Actor.IsAlive)
                {
                    SynchronizationContext.SetSynchronizationContext(next.Actor);
                    next.Callback(next.State);
                }
            }

            SynchronizationContext.SetSynchronizationContext(null);
        }
        while (PoolThread.RunPending() || _ready.Count > 0);
    }

    private sealed class StoreClock(World world) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => world.Timeline.Now;
    }
}
