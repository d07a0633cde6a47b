using Holdfast.EndToEnd.Tests;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongTurnsFirst))]
[assembly: AssemblyFixture(typeof(RunningFixture))]

namespace Holdfast.EndToEnd.Tests;

/// <summary>The turns in real time take minutes of waiting: begun first, everything else runs beside them.</summary>
public sealed class LongTurnsFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [nameof(RealTimeTests), nameof(PausedTests), nameof(PausedPairTests)];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections
            .OrderBy(collection => Long.Any(name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) ? 0 : 1)
            .ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];
}
