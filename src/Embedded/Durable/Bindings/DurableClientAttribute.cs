using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The parameter is the <c>DurableTaskClient</c> of this app's task hub.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DurableClientAttribute : InputBindingAttribute
{
    /// <summary>Another task hub than the app's own is not served here: a value that differs is refused at start.</summary>
    public string? TaskHub { get; set; }

    /// <summary>Another connection than the app's own is not served here: a value that differs is refused at start.</summary>
    public string? ConnectionName { get; set; }
}
