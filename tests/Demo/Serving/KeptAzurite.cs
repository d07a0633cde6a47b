using Holdfast.Tests.Support;

namespace Holdfast.Demo.Serving;

/// <summary>Ends an Azurite whose blobs are wanted again.</summary>
internal static class KeptAzurite
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    /// <summary>Asks first: it writes its index of blobs every few seconds and at its end, and killed it would forget the newest.</summary>
    public static async Task EndAsync(Azurite azurite)
    {
        if (!azurite.Process.HasExited)
        {
            azurite.Process.Terminate();
            try
            {
                await azurite.Process.WaitForExitAsync(EndsWithin);
            }
            catch (TimeoutException)
            {
                // Disposal ends it.
            }
        }

        await azurite.DisposeAsync();
    }
}
