namespace Holdfast.Tests.Faults.Injection;

/// <summary>Which of a deployment's processes an outage meets.</summary>
public enum AppPart
{
    /// <summary>Host and worker at once, as a power cut.</summary>
    Both = 1,

    /// <summary>The worker, which runs the app's code; its host stays.</summary>
    Worker = 2,

    /// <summary>The host, which runs the engine. A worker whose host was killed ends as well; one whose host is frozen works on.</summary>
    Host = 3,
}
