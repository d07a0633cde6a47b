namespace Microsoft.DurableTask;

/// <summary>How an orchestration starts anew.</summary>
public class ContinueAsNewOptions
{
    /// <summary>The input of the next execution.</summary>
    public object? NewInput { get; set; }

    /// <summary>True when external events nobody awaited yet go along. Default: true.</summary>
    public bool PreserveUnprocessedEvents { get; set; } = true;

    /// <summary>The version of the next execution; null or blank keeps the present one.</summary>
    public string? NewVersion { get; set; }
}
