using Holdfast.Delivery;
using Holdfast.Models;
using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Turns.Wiring;

/// <summary>What <see cref="TurnParts"/> are made of: in this alone the app, a test's process and the explorer differ.</summary>
public sealed record TurnDependencies
{
    public required IBlobContainer Blobs { get; init; }

    public required ConversationCache Cache { get; init; }

    public required IModelProvider Models { get; init; }

    /// <summary>Shared by all turns of the process.</summary>
    public required ConcurrencyLimiter Limiter { get; init; }

    public required IReplyChannels Channels { get; init; }

    public required IAgentDirectory Agents { get; init; }

    public required IdSource Ids { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Jitter of back-off, 0 to below 1.</summary>
    public required Func<double> Random { get; init; }

    public required IOptions<LeaseOptions> Leases { get; init; }

    public required IOptions<TurnOptions> Turns { get; init; }

    public required IOptions<TranscriptOptions> Transcripts { get; init; }

    public required ILoggerFactory Loggers { get; init; }
}
