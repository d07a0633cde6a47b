namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>Marks the one parameter of a function that starts it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute;
