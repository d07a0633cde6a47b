using System.Diagnostics;

namespace Holdfast.LocalHost.Workers;

/// <summary>One run of a function.</summary>
/// <param name="Id">By it the worker ties a request to its invocation.</param>
/// <param name="Metadata">What the trigger knows beside its value, the parameters of a route for example.</param>
/// <param name="TraceParent">The trace that it belongs to.</param>
internal sealed record Invocation(string Id, IReadOnlyDictionary<string, string> Metadata, string TraceParent)
{
    private static readonly Dictionary<string, string> NoMetadata = [];

#pragma warning disable RS0030 // This is the source of invocation ids.
    public static Invocation New(IReadOnlyDictionary<string, string>? metadata = null) =>
        new(Guid.NewGuid().ToString(), metadata ?? NoMetadata, Activity.Current?.Id ?? "");
#pragma warning restore RS0030
}
