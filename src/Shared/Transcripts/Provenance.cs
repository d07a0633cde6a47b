using System.Collections.Frozen;

namespace Holdfast.Transcripts;

/// <summary>Why an entry was written. The text form stands in transcripts; numbers are pinned.</summary>
public enum EntrySource
{
    /// <summary>By a run, as part of its turn.</summary>
    Turn = 1,

    /// <summary>A copy of something that was delivered elsewhere.</summary>
    Mirror = 2,

    /// <summary>Put in from outside for the next prompt's benefit or for the record.</summary>
    Inject = 3,

    /// <summary>By a writer beside the turn: announcements, labels, heartbeats.</summary>
    Side = 4,

    /// <summary>By a control action: model or thinking level changes.</summary>
    Control = 5,

    /// <summary>Copied from another system's file.</summary>
    Import = 6,
}

/// <summary>Who wrote an entry: the <c>holdfast</c> object of a transcript line.</summary>
/// <param name="RunId">The writer's run id in text; side writers have one that is no run of a turn.</param>
/// <param name="Attempt">1-based attempt of that run.</param>
/// <param name="Epoch">The session's ownership number at the time; side writers note the one they found.</param>
/// <param name="Seq">Counts the writer's entries within the attempt, from 1.</param>
/// <param name="Source">Why it was written.</param>
public sealed record Provenance(string RunId, int Attempt, long Epoch, long Seq, EntrySource Source);

/// <summary>The text form of <see cref="EntrySource"/> in transcripts: its name in lower case.</summary>
public static class EntrySources
{
    private static readonly FrozenDictionary<EntrySource, string> Names =
        Enum.GetValues<EntrySource>().ToFrozenDictionary(source => source, source => source.ToString().ToLowerInvariant());

    private static readonly FrozenDictionary<string, EntrySource> ByName =
        Names.ToFrozenDictionary(named => named.Value, named => named.Key);

    public static string NameOf(EntrySource source) => Names[source];

    /// <returns>Null for a name this version does not know.</returns>
    public static EntrySource? Parse(string? name) => name is not null && ByName.TryGetValue(name, out var source) ? source : null;
}
