using Holdfast.Storage;

namespace Holdfast.Tests.Explorer.Engine;

/// <summary>What a blob went through, as a fingerprint: it stands for the version wherever an ETag would.</summary>
internal sealed class BlobTrack(BlobPath path)
{
    public BlobPath Path { get; } = path;

    public Fingerprint Print { get; private set; } = Fingerprint.Empty.With(path.Value);

    public BlobSnapshot? Before { get; private set; }

    public BlobSnapshot? Now { get; private set; }

    /// <returns>False when nothing changed.</returns>
    public bool Take(BlobSnapshot? snapshot)
    {
        if (snapshot?.ETag == Now?.ETag)
        {
            return false;
        }

        (Before, Now) = (Now, snapshot);
        if (snapshot is null)
        {
            Print = Print.With(0xDEADUL);
            return true;
        }

        var known = Before is not null && snapshot.Length >= Before.Length && Path.Value.StartsWith("sessions/", StringComparison.Ordinal)
            ? (int)Before.Length
            : 0;
        Print = Print.WithoutTimes(snapshot.Content.Span[known..]).With(snapshot.IsSealed ? 1UL : 0);
        foreach (var (name, value) in snapshot.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Print = Print.With(name).With(value);
        }

        return true;
    }
}
