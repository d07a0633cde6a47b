using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>What a type needs fits a hand and a bit; more is two types in one.</summary>
public sealed class ConstructorTests
{
    private const int MaxParameters = 7;

    [Theory]
    [InlineData("Holdfast.Shared.dll")]
    [InlineData("Holdfast.Functions.dll")]
    [InlineData("Holdfast.Audit.dll")]
    [InlineData("Holdfast.LocalHost.dll")]
    [InlineData("holdfast.dll")]
    public void Constructors_Always_TakeFewParameters(string assembly) => Constructors(assembly)
        .Where(constructor => constructor.Parameters > MaxParameters)
        .Select(constructor => $"{constructor.Type}: {constructor.Parameters} parameters, at most {MaxParameters}").ShouldBeEmpty();

    /// <summary>The rule reads what is there: this type's own, with eight.</summary>
    [Fact]
    public void Constructors_OfAKnownType_AreCounted() => Constructors(Path.GetFileName(typeof(Eight).Assembly.Location))
        .Single(constructor => constructor.Type == nameof(Eight)).Parameters.ShouldBe(8);

    private static List<(string Type, int Parameters)> Constructors(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly)));
        var reader = file.GetMetadataReader();
        return
        [
            .. from handle in reader.MethodDefinitions
               let method = reader.GetMethodDefinition(handle)
               where reader.GetString(method.Name) == ".ctor" && (method.Attributes & MethodAttributes.Static) == 0
               let type = reader.GetTypeDefinition(method.GetDeclaringType())
               let name = reader.GetString(type.Name)
               where !name.Contains('<', StringComparison.Ordinal)
               select (name, method.GetParameters().Count(parameter => reader.GetParameter(parameter).SequenceNumber > 0)),
        ];
    }

    private sealed class Eight(int a, int b, int c, int d, int e, int f, int g, int h)
    {
        public int Sum => a + b + c + d + e + f + g + h;
    }
}
