using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Timers;

internal sealed partial class TimerRunner
{
    [LoggerMessage(9040, LogLevel.Warning, "The schedule of function {FunctionName} has no further occurrence")]
    private partial void NeverAgain(string functionName);

    [LoggerMessage(9041, LogLevel.Debug, "A run of timer function {FunctionName} ended with {FailureType}; the schedule goes on")]
    private partial void RunFailed(string functionName, string failureType);
}
