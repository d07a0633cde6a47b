using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;

namespace Holdfast.Ownership;

/// <summary>Where a <see cref="FencedTranscript"/> meets the world. One per process.</summary>
internal sealed record FencedDependencies(
    IBlobContainer Blobs, ConversationCache Cache, IdSource Ids, LeaseOptions Leases, TranscriptOptions Transcripts, TimeProvider Clock, ILogger Log);
