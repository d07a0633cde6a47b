using System.Globalization;
using Holdfast.Storage;

namespace Holdfast.Tests.Faults;

/// <summary>Chance by seed: the same in every process, and unrelated for neighbouring numbers.</summary>
internal static class Seeds
{
    public static Random Random(params ReadOnlySpan<int> numbers) =>
        new(int.Parse(StableHash.Of(string.Join('.', numbers.ToArray()))[..7], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
