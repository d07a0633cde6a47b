namespace Holdfast.LocalHost.Http;

internal sealed partial class HttpFunctions
{
    [LoggerMessage(EventId = 9200, Level = LogLevel.Error, Message = "Function {Function} failed")]
    private static partial void LogFailed(ILogger logger, Exception fault, string function);
}
