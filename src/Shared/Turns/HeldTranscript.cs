using Holdfast.Ownership;
using Holdfast.Ownership.Leases;

namespace Holdfast.Turns;

/// <summary>A claimed session's transcript whose lease is renewed until it is let go, or this is disposed.</summary>
public sealed class HeldTranscript : IAsyncDisposable
{
    private readonly LeaseRenewer _renewer;
    private bool _isRenewed = true;

    internal HeldTranscript(FencedTranscript transcript, LeaseRenewer renewer) => (Transcript, _renewer) = (transcript, renewer);

    public FencedTranscript Transcript { get; }

    /// <summary>
    /// Lets the lease go. The renewing ends first: a renewal that finds the lease gone would look who came, and take it again.
    /// </summary>
    public async Task ReleaseAsync()
    {
        await EndRenewingAsync();
        await Transcript.ReleaseAsync();
    }

    /// <summary>Renews no more. The lease bridges the gap to the run's next activity, or lapses.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndRenewingAsync();
        Transcript.Dispose();
    }

    private async ValueTask EndRenewingAsync()
    {
        if (_isRenewed)
        {
            _isRenewed = false;
            await _renewer.DisposeAsync();
        }
    }
}
