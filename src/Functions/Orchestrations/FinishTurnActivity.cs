using Holdfast.Turns;
using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Functions.Orchestrations;

/// <summary>Delivers a turn's reply or notice and writes its receipt.</summary>
public sealed class FinishTurnActivity(TurnFinisher finisher)
{
    [Function(nameof(FinishTurnActivity))]
    public Task RunAsync([ActivityTrigger] FinishRequest request, CancellationToken cancellationToken) =>
        finisher.FinishAsync(request, cancellationToken);
}
