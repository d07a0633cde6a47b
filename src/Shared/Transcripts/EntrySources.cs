namespace Holdfast.Transcripts;

/// <summary>The text form of <see cref="EntrySource"/> in transcripts.</summary>
public static class EntrySources
{
    public static string NameOf(EntrySource source) => source switch
    {
        EntrySource.Turn => "turn",
        EntrySource.Mirror => "mirror",
        EntrySource.Inject => "inject",
        EntrySource.Side => "side",
        EntrySource.Control => "control",
        EntrySource.Import => "import",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    /// <returns>Null for a name this version does not know.</returns>
    public static EntrySource? Parse(string? name) => name switch
    {
        "turn" => EntrySource.Turn,
        "mirror" => EntrySource.Mirror,
        "inject" => EntrySource.Inject,
        "side" => EntrySource.Side,
        "control" => EntrySource.Control,
        "import" => EntrySource.Import,
        _ => null,
    };
}
