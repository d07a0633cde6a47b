using Holdfast.Models;
using Microsoft.Extensions.Logging;

namespace Holdfast.Turns.Steps;

public sealed partial class ModelAnswer
{
    [LoggerMessage(
        EventId =
            1420, Level = LogLevel.Debug, Message = "Asking model {Model} for run {Run}, attempt {Attempt}, with {Messages} messages")]
    private static partial void LogCalling(ILogger logger, string model, string run, int attempt, int messages);

    [LoggerMessage(
        EventId = 1421,
        Level = LogLevel.Warning,
        Message = "Model call failed ({Kind}, remedy {Remedy}): model {Model}, run {Run}, attempt {Attempt}")]
    private static partial void LogFailed(ILogger logger, ModelFailureKind kind, ModelRemedy remedy, string model, string run, int attempt);

    [LoggerMessage(EventId = 1422, Level = LogLevel.Error, Message = "No answer ({Failure}) for run {Run}")]
    private static partial void LogGaveUp(ILogger logger, TurnFailure failure, string run);
}
