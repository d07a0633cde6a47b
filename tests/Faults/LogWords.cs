namespace Holdfast.Tests.Faults;

/// <summary>What the app's log lines tell of faults that it met.</summary>
internal static class LogWords
{
    /// <summary>A renewal that found the lease gone.</summary>
    public static bool IsLapse(string line) => line.Contains("was not renewed (Lost)", StringComparison.Ordinal);

    /// <summary>A storage call that failed although the client library tried again.</summary>
    public static bool IsStorageGivenUp(string line) => line.Contains("StorageUnavailableException", StringComparison.Ordinal);
}
