namespace Holdfast.Storage;

/// <summary>The blob service could not be reached or failed, after the SDK's retries. The call may have taken effect.</summary>
public sealed class StorageUnavailableException : Exception
{
    public StorageUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
