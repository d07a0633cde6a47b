namespace Microsoft.Azure.Functions.Worker;

/// <summary>The function is an activity; the parameter is its input.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ActivityTriggerAttribute : Attribute
{
    /// <summary>The vendor's shape; the function's name counts.</summary>
    public string? Activity { get; set; }
}
