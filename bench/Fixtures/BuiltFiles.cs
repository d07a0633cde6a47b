using Holdfast.Tests.Support;

namespace Holdfast.Bench.Fixtures;

/// <summary>Finds what was built beside the bench, in the bench's own configuration.</summary>
internal static class BuiltFiles
{
    public static string PathOf(string project, string file) => RepositoryRoot.PathOf($"{project}/bin/{Configuration}/net10.0/{file}");

    public static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
}
