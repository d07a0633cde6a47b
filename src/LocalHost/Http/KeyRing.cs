using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.LocalHost.Http;

/// <summary>The keys of this host: made at the first start, kept in files that only their owner reads, a file each.</summary>
internal sealed class KeyRing
{
    private const int KeyBytes = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Dictionary<AccessLevel, string> _keys = [];

    private KeyRing(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>The file of the key that opens everything.</summary>
    public string MasterFile => FileOf(AccessLevel.Admin);

    /// <summary>The key that the Durable extension puts into the links that it hands out.</summary>
    public string ExtensionKey => _keys[AccessLevel.Extension];

    /// <exception cref="StartUpException">A file cannot be read or written, or holds no key.</exception>
    public static KeyRing Open(string folder)
    {
        var ring = new KeyRing(folder);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var level in new[] { AccessLevel.Function, AccessLevel.Extension, AccessLevel.Admin })
            {
                ring._keys[level] = ReadOrMake(ring.FileOf(level));
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartUpException($"The keys of {folder} cannot be read or made: {fault.Message}", fault);
        }

        return ring;
    }

    /// <summary>Whether this key opens an endpoint of this level.</summary>
    public bool Opens(AccessLevel level, string? given) =>
        level == AccessLevel.Anonymous || (given is not null && (IsKey(level, given) | IsKey(AccessLevel.Admin, given)));

    // Digests are of one length, so that the time of a comparison tells nothing about the key.
    private bool IsKey(AccessLevel level, string given) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(_keys[level])));

    private string FileOf(AccessLevel level) => Path.Combine(Folder, level switch
    {
        AccessLevel.Function => "function",
        AccessLevel.Extension => "durabletask",
        _ => "master",
    });

    private static string ReadOrMake(string path)
    {
        if (!File.Exists(path))
        {
            Make(path);
        }

        // A key that came by another way, from a copy for example, is narrowed as well.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }

        return File.ReadAllText(path).Trim() is { Length: > 0 } key
            ? key
            : throw new StartUpException($"{path} holds no key; delete it, and a new one is made.");
    }

    /// <summary>Under another name first: a second host that starts beside this one finds a whole key or none.</summary>
    private static void Make(string path)
    {
        var draft = Path.Combine(Path.GetDirectoryName(path)!, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var file = new StreamWriter(draft, options))
        {
            file.Write(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes)));
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
