namespace Holdfast.Models;

/// <summary>A place where models answer.</summary>
public interface IModelProvider
{
    /// <summary>
    /// Sends one request, once the enumeration starts, and gives its events as they arrive: no retries, no buffering. Disposing the
    /// enumerator or cancelling ends the request.
    /// </summary>
    /// <exception cref="ModelProviderException">The provider refused or failed, before the stream or inside it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    IAsyncEnumerable<ModelEvent> StreamAsync(ModelCall modelCall, CancellationToken cancellationToken);
}
