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
internal sealed partial class World
{
    public static readonly TimeSpan BeyondTheLease = TimeSpan.FromSeconds(61);

    /// <summary>Longer than this a call takes only as <see cref="ChoiceKind.Lapse"/>.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

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

        Witness.ClaimsBefore = Witness.Claims.Count;
        for (var index = 0; index < scenario.Roles.Count; index++)
        {
            Logs.Add(new ActorLog());
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
    public List<ActorLog> Logs { get; } = [];

    public Platform Platform { get; } = new();

    public Witness Witness { get; } = new();

    /// <summary>For the actors of a scenario that run in one process.</summary>
    public ConversationCache SharedCache { get; } = new(1_000_000);

    public string? Violation { get; private set; }

    /// <summary>Faults among the steps taken so far.</summary>
    public int Faults { get; private set; }

    /// <summary>Steps taken so far.</summary>
    public int Depth { get; private set; }

    public bool IsOver => _late.Count == 0 && Actors.All(actor => actor.IsDone);

    /// <summary>Says what each step was; costs time.</summary>
    public bool IsTraced { get; init; }

    /// <summary>On the way to where it was before: what is checked on the way was checked then.</summary>
    public bool IsReplaying { get; set; }

    /// <returns>The step in words, if it is traced.</returns>
    public string Apply(Choice choice)
    {
        Depth++;
        Faults += choice.Cost;
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
            print = print.With(actor.History.Value).With((ulong)actor.Held.Count);
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

    public bool IsLeased(BlobPath path) => Raw.ReadAsync(path, 0, 0, CancellationToken.None).GetAwaiter().GetResult() is { IsLeased: true };

    /// <summary>A lease call's effect, and whether it took a lease from somebody whose time was not up.</summary>
    /// <param name="looked">
    /// The version at which a breaker looked at the holder: who has written or claimed since is another one, or alive.
    /// </param>
    public LeaseOutcome CallLease(BlobPath path, Actor by, Func<LeaseOutcome> effect, BlobETag? looked)
    {
        var before = _store.LeaseOf(path);
        var hasRight = _scenario.Roles[by.Index].BreaksLeases
            && (looked is null || Raw.ReadAsync(path, 0, 0, CancellationToken.None).GetAwaiter().GetResult()?.ETag == looked);
        var outcome = effect();
        var after = _store.LeaseOf(path);
        if (!hasRight
            && before is { IsBroken: false } held
            && held.Left > TimeSpan.Zero
            && after is { } now
            && (now.Id != held.Id || now.IsBroken))
        {
            Violate("I7: a lease was taken from an owner whose time was not up");
        }

        return outcome;
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

            if (Witness.See(track, by, IsReplaying) is { } fault)
            {
                Violate(fault);
            }
        }
    }

    public void Enqueue(Actor actor, SendOrPostCallback callback, object? state) => _ready.Enqueue((actor, callback, state));

    private void Begin(int index, int life)
    {
        var role = _scenario.Roles[index];
        var log = Logs[index];
        var actor = new Actor(
            this, life == 0 ? role.Name : $"{role.Name}'{life}", index, life, log.Print.With(role.Name).With((ulong)life));
        Actors[index] = actor;
        log.BeginLife();
        actor.Start(() => role.RunAsync(this, actor, log));
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
