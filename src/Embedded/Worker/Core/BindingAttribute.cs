namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>Root of every attribute that binds a parameter of a function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BindingAttribute : Attribute;
