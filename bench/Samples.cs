using System.Globalization;

namespace Holdfast.Bench;

/// <summary>Measured values of one kind, in milliseconds unless its user says otherwise.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    public double Median => At(0.5);

    public double Least => _values.Min();

    public void Add(double value) => _values.Add(value);

    public void Add(TimeSpan value) => Add(value.TotalMilliseconds);

    /// <summary>The value below which this share of all lies.</summary>
    public double At(double share)
    {
        var sorted = _values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    /// <summary>The median of the first, or of the last, values.</summary>
    public double MedianOf(Range range)
    {
        var part = new Samples();
        part._values.AddRange(_values[range]);
        return part.Median;
    }

    public override string ToString() => _values.Count == 0
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"p50 {Median:0.0}, p10 {At(0.1):0.0}, p90 {At(0.9):0.0} (n {Count})");
}
