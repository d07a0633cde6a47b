using System.Collections.Immutable;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>What is known of a function before it runs. Parameters and output bindings are not supplied here.</summary>
public abstract class FunctionDefinition
{
    /// <summary>The assembly that holds the function.</summary>
    public abstract string PathToAssembly { get; }

    /// <summary>Full type name, a dot, method name.</summary>
    public abstract string EntryPoint { get; }

    /// <summary>Opaque, stable from start to start.</summary>
    public abstract string Id { get; }

    /// <summary>The name given in <see cref="FunctionAttribute"/>.</summary>
    public abstract string Name { get; }

    /// <summary>Trigger and input bindings by parameter name.</summary>
    public abstract IImmutableDictionary<string, BindingMetadata> InputBindings { get; }
}
