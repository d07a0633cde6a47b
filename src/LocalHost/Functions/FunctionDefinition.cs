namespace Holdfast.LocalHost.Functions;

/// <summary>A function of the app.</summary>
/// <param name="Name">Unique without regard to case.</param>
/// <param name="Trigger">What starts it.</param>
/// <param name="Inputs">What it gets beside the trigger's value.</param>
internal sealed record FunctionDefinition(string Name, FunctionBinding Trigger, IReadOnlyList<FunctionBinding> Inputs)
{
    public bool IsHttp => Trigger.Kind == BindingKind.HttpTrigger;

    /// <summary>Of its starts and ends: what the host itself sets off, again and again, is told only to whoever asks for it.</summary>
    public LogLevel LogLevel =>
        Trigger.Kind is BindingKind.TimerTrigger or BindingKind.OrchestrationTrigger ? LogLevel.Debug : LogLevel.Information;

    /// <summary>Only the durable triggers take what a function returns.</summary>
    public bool HasResult => Trigger.Kind is not (BindingKind.HttpTrigger or BindingKind.TimerTrigger);
}
