using System.Buffers;
using System.Reflection;

namespace Holdfast.Embedded.Hosting;

/// <summary>
/// Finds extensions among the assemblies of a folder. Files are searched for the attribute's name before they are loaded, so
/// that start-up does not load what has nothing to say.
/// </summary>
internal static class ExtensionLoader
{
    private const int ChunkBytes = 256 * 1024;

    private static ReadOnlySpan<byte> Marker => "EmbeddedExtensionAttribute"u8;

    /// <exception cref="HostStartException">An assembly names a type that is no extension.</exception>
    public static IReadOnlyList<IEmbeddedExtension> Load(string folder)
    {
        var extensions = new List<IEmbeddedExtension>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(path) != Path.GetFileName(typeof(ExtensionLoader).Assembly.Location) && Mentions(path))
            {
                extensions.AddRange(From(Assembly.Load(AssemblyName.GetAssemblyName(path))));
            }
        }

        return extensions;
    }

    /// <summary>The extensions that an assembly names.</summary>
    public static IEnumerable<IEmbeddedExtension> From(Assembly assembly)
    {
        foreach (var attribute in assembly.GetCustomAttributes<EmbeddedExtensionAttribute>())
        {
            yield return Activator.CreateInstance(attribute.Extension) as IEmbeddedExtension
                ?? throw new HostStartException($"{assembly.GetName().Name} names {attribute.Extension.FullName} as an extension, which it is not.");
        }
    }

    private static bool Mentions(string path)
    {
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            // Chunks overlap by the marker's length, so that one on a border is found.
            for (var offset = 0L; ; offset += buffer.Length - Marker.Length)
            {
                var read = RandomAccess.Read(file, buffer, offset);
                if (buffer.AsSpan(0, read).IndexOf(Marker) >= 0)
                {
                    return true;
                }

                if (read < buffer.Length)
                {
                    return false;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
