using Holdfast.Storage;

namespace Holdfast.Tests.Support.Blobs;

/// <summary>One call to the in-memory blob service.</summary>
/// <param name="Name">The blob's name, or the prefix of a listing.</param>
public readonly record struct BlobCall(BlobVerb Verb, string Name, CancellationToken CancellationToken);

/// <summary>
/// Stands around every call of one <see cref="MemoryBlobContainer"/>. A scheduler holds an actor by not completing, kills it before the
/// effect by throwing in <see cref="BeforeAsync"/>, and loses the answer to an effect that stands by throwing in <see cref="AfterAsync"/>.
/// </summary>
public interface IBlobGate
{
    ValueTask BeforeAsync(BlobCall blobCall);

    ValueTask AfterAsync(BlobCall blobCall);
}
