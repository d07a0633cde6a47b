namespace Holdfast.Embedded.Worker.Tests;

/// <summary>Bounded waits for conditions.</summary>
internal static class Until
{
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using var bound = new CancellationTokenSource(_bound);
        while (!condition())
        {
            if (bound.IsCancellationRequested)
            {
                throw new TimeoutException($"It did not come about that {what}.");
            }

            await Task.Delay(5);
        }
    }

    public static Task<T> CompletesAsync<T>(Task<T> task) => task.WaitAsync(_bound);

    public static Task CompletesAsync(Task task) => task.WaitAsync(_bound);
}
