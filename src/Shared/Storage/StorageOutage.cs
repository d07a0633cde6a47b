namespace Holdfast.Storage;

/// <summary>Outlasts a time in which storage takes nothing.</summary>
public static class StorageOutage
{
    /// <summary>Between the first two tries; twice as long each time, up to <see cref="LongestPause"/>.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For what is held in memory alone and would have to be computed again: tries until storage takes it, or the time is up.
    /// </summary>
    /// <param name="write">May run again after any part of it took effect.</param>
    /// <param name="until">Tried at least once, also when this has passed.</param>
    /// <exception cref="StorageUnavailableException">Storage failed until then.</exception>
    public static async Task<T> OutlastAsync<T>(
        Func<Task<T>> write, DateTimeOffset until, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await write();
            }
            catch (StorageUnavailableException) when (clock.GetUtcNow() < until)
            {
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }
}

/// <summary>The blob service could not be reached or failed, after the SDK's retries. The call may have taken effect.</summary>
public sealed class StorageUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
