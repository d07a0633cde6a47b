using Holdfast.Sessions;

namespace Holdfast.Harness;

/// <summary>What a transcript has to hold about one turn that ended.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="FinalText">What was delivered, without what a channel adds.</param>
public sealed record TranscriptExpectation(TurnId Turn, string FinalText)
{
    /// <summary>What the model was asked; null when nobody knows the exact text.</summary>
    public string? Message { get; init; }

    /// <summary>True when an attempt was meant to fail: stubs and partials without an answer are then in order.</summary>
    public bool MayHoldFailures { get; init; }
}
