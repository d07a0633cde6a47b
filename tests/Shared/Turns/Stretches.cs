using Shouldly;

namespace Holdfast.Tests.Turns;

internal static class Stretches
{
    /// <summary>No value comes back after another one stood: turns do not interleave.</summary>
    public static void ShouldBeInOneStretchEach(this IEnumerable<string> values)
    {
        var list = values.ToList();
        list.Where((value, at) => at == 0 || list[at - 1] != value).ShouldBeUnique();
    }
}
