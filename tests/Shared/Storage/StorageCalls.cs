using System.Diagnostics.Metrics;
using Holdfast.Storage;

namespace Holdfast.Tests.Storage;

/// <summary>
/// What the meter says of the test's own flow, its awaits and the tasks it starts: other tests count at the same time in the same process.
/// </summary>
internal sealed class StorageCalls : IDisposable
{
    private readonly AsyncLocal<bool> _isOurs = new();
    private readonly MeterListener _listener = new();
    private readonly List<string> _seen = [];

    public StorageCalls()
    {
        _isOurs.Value = true;
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == StorageMeter.Name)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (_isOurs.Value)
            {
                var words = string.Join(' ', tags.ToArray().Select(tag => tag.Value));
                lock (_seen)
                {
                    _seen.Add($"{instrument.Name} {value} {words}".TrimEnd());
                }
            }
        });
        _listener.Start();
    }

    /// <summary>Instrument, value and tags of each measurement, in order.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    public int Calls => Seen.Count(line => line.StartsWith("holdfast.storage.calls 1", StringComparison.Ordinal));

    public int Retries => Seen.Count(line => line == "holdfast.storage.retries 1");

    public void Dispose() => _listener.Dispose();
}
