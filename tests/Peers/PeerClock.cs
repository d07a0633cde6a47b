using System.Diagnostics;

namespace Holdfast.Peers;

/// <summary>
/// Wall-clock time with the resolution of the monotonic clock: anchored once, so that it never jumps while a run is
/// measured. Two processes of one machine agree to about a millisecond.
/// </summary>
public static class PeerClock
{
    private static readonly long AnchorTicks = Stopwatch.GetTimestamp();
    private static readonly DateTimeOffset Anchor = DateTimeOffset.UtcNow;

    public static DateTimeOffset Now => Anchor + Stopwatch.GetElapsedTime(AnchorTicks);

    /// <summary>Microseconds since 1970.</summary>
    public static long NowMicros => (Now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
