using System.Buffers;
using System.Globalization;
using System.Text;

namespace Holdfast.Tools;

/// <summary>
/// Keeps the first bytes of a process's output and counts the rest: what is dropped is still read, so that the process never blocks
/// on a full pipe. Standard output and error draw on one allowance, whoever comes first.
/// </summary>
internal sealed class OutputCapture(int maxBytes)
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ArrayBufferWriter<byte> _error = new();
    private int _left = maxBytes;
    private long _total;

    /// <summary>Bytes that came, kept or not.</summary>
    public long TotalBytes => Interlocked.Read(ref _total);

    /// <summary>Reads both streams to their ends.</summary>
    public Task ReadAsync(Stream output, Stream error, CancellationToken cancellationToken) =>
        Task.WhenAll(ReadAsync(output, _output, cancellationToken), ReadAsync(error, _error, cancellationToken));

    /// <summary>
    /// What was kept, as text: output, then error under a heading, then how much is not shown. Bytes that are no UTF-8 are replaced.
    /// </summary>
    public string Render()
    {
        lock (_gate)
        {
            var text = new StringBuilder();
            var dropped = _total - _output.WrittenCount - _error.WrittenCount;
            Append(text, "stdout", _output, isCut: dropped > 0);
            Append(text, "stderr", _error, isCut: dropped > 0);
            if (dropped > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n[{dropped} more bytes not shown]");
            }

            return text.ToString();
        }
    }

    private async Task ReadAsync(Stream from, ArrayBufferWriter<byte> into, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            lock (_gate)
            {
                Interlocked.Add(ref _total, count);
                var kept = Math.Min(count, _left);
                into.Write(buffer.AsSpan(0, kept));
                _left -= kept;
            }
        }
    }

    private static void Append(StringBuilder text, string heading, ArrayBufferWriter<byte> written, bool isCut)
    {
        if (written.WrittenCount > 0)
        {
            // The allowance may end within a character; its first bytes alone are dropped rather than shown as a mistake of the process.
            var shown = Encoding.UTF8.GetString(written.WrittenSpan);
            text.Append(CultureInfo.InvariantCulture, $"\n{heading}:\n{(isCut ? shown.TrimEnd('\uFFFD') : shown).TrimEnd()}");
        }
    }
}
