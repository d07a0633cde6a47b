using Holdfast.Storage;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Tests.Support.Blobs;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>One part in a scenario: what it does, from the start of its process to the end.</summary>
/// <param name="BreaksLeases">It may take a lease from whoever holds it: an operator says so.</param>
internal sealed record Role(string Name, Func<World, Actor, ActorLog, Task> RunAsync, bool BreaksLeases = false);

/// <summary>A family of schedules: who takes part, what stands in the store at the start, and what must hold at the end.</summary>
internal abstract class Scenario
{
    public abstract string Name { get; }

    /// <summary>One line for people.</summary>
    public abstract string Story { get; }

    public abstract IReadOnlyList<Role> Roles { get; }

    public abstract MemoryBlobStore InitialStore { get; }

    /// <summary>What stands between the actors and the service: nothing, or a deliberate breakage.</summary>
    public Func<IBlobContainer, IBlobContainer> Wrap { get; init; } = service => service;

    /// <summary>Mixes in what actors of one process share.</summary>
    public virtual Fingerprint MixShared(World world, Fingerprint print) => print;

    /// <returns>The promise that is broken in an end state, by its number; null when all hold.</returns>
    public abstract string? CheckEnd(World world);
}
