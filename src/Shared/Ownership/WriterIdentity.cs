using Holdfast.Sessions;

namespace Holdfast.Ownership;

/// <summary>Who a writer is: what its claim wrote into the transcript's metadata.</summary>
/// <param name="Attempt">1-based, of this run.</param>
/// <param name="Epoch">The claim's ownership number.</param>
public sealed record WriterIdentity(RunId Run, SessionId Session, int Segment, int Attempt, long Epoch);
