using Azure;
using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>
/// Tries a store call until it is answered. The first fault is told to the senders that wait, since they must not hang;
/// the call goes on being tried, because answers of activities must not be lost. All calls that come here may be repeated.
/// </summary>
internal sealed partial class Persistence(TimeProvider time, ILogger logger, CancellationToken stopping)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <exception cref="OperationCanceledException">The engine stops.</exception>
    public async Task<T> TryUntilAnsweredAsync<T>(string instanceId, Func<CancellationToken, Task<T>> call, IReadOnlyList<Message> waiting)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await call(stopping);
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested && IsFault(fault))
            {
                LogFault(instanceId, (fault as RequestFailedException)?.ErrorCode ?? fault.GetType().Name, pause);
                foreach (var message in waiting)
                {
                    message.Fault(fault);
                }
            }

            await Task.Delay(pause, time, stopping);
        }
    }

    public static bool IsFault(Exception exception) =>
        exception is RequestFailedException or AggregateException or IOException or HttpRequestException or OperationCanceledException;
}
