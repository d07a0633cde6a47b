using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Holdfast.Conventions.Tests;

/// <summary>What an assembly uses of others, read from its metadata without loading it.</summary>
public static class AssemblySurface
{
    /// <summary>Simple names of the assemblies that the file references.</summary>
    public static IReadOnlyList<string> References(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
    }

    /// <summary>
    /// Every type that the file takes from the namespaces (or ones below them), as <c>Type</c>, and every member, as
    /// <c>Type.Member</c>. Generic arity is left out, a constructor is <c>Type.new</c>, an accessor its property. Matched by
    /// namespace: which assembly holds a type may differ between builds.
    /// </summary>
    public static IReadOnlyList<string> Uses(string path, params string[] namespaces)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var handle in reader.TypeReferences)
        {
            Add(found, TypeName(reader, handle), null, namespaces);
        }

        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            Add(found, Parent(reader, member.Parent), MemberName(reader.GetString(member.Name)), namespaces);
        }

        return [.. found];
    }

    private static void Add(SortedSet<string> found, (string Namespace, string Name)? type, string? member, string[] namespaces)
    {
        if (type is { } known && IsIn(known.Namespace, namespaces))
        {
            found.Add(member is null ? known.Name : known.Name + "." + member);
        }
    }

    private static bool IsIn(string name, string[] namespaces) =>
        namespaces.Any(space => name == space || name.StartsWith(space + ".", StringComparison.Ordinal));

    private static (string Namespace, string Name)? Parent(MetadataReader reader, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeReference => TypeName(reader, (TypeReferenceHandle)handle),
        HandleKind.TypeSpecification => GenericParent(reader, reader.GetTypeSpecification((TypeSpecificationHandle)handle)),
        _ => null,
    };

    // A member of List<Foo> hangs on a signature: 0x15 (generic instance), 0x12 or 0x11 (class, value type), then the coded type.
    private static (string Namespace, string Name)? GenericParent(MetadataReader reader, TypeSpecification specification)
    {
        var blob = reader.GetBlobReader(specification.Signature);
        if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
        {
            return null;
        }

        blob.ReadCompressedInteger();
        var type = blob.ReadTypeHandle();
        return type.Kind == HandleKind.TypeReference ? TypeName(reader, (TypeReferenceHandle)type) : null;
    }

    private static (string Namespace, string Name) TypeName(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name).Split('`')[0];
        if (type.ResolutionScope.Kind != HandleKind.TypeReference)
        {
            return (reader.GetString(type.Namespace), name);
        }

        var outer = TypeName(reader, (TypeReferenceHandle)type.ResolutionScope);
        return (outer.Namespace, outer.Name + "." + name);
    }

    private static string MemberName(string name) => name switch
    {
        ".ctor" => "new",
        _ when name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal) => name[4..],
        _ => name,
    };
}
