using Microsoft.Extensions.Logging;

namespace Holdfast.Embedded.Invocation;

internal sealed partial class FunctionInvoker
{
    [LoggerMessage(9001, LogLevel.Debug, "Function {FunctionName} started (invocation {InvocationId})")]
    private partial void Started(string functionName, string invocationId);

    [LoggerMessage(9002, LogLevel.Debug, "Function {FunctionName} ended (invocation {InvocationId})")]
    private partial void Ended(string functionName, string invocationId);

    [LoggerMessage(9003, LogLevel.Debug, "Function {FunctionName} was cancelled (invocation {InvocationId})")]
    private partial void Cancelled(string functionName, string invocationId);

    [LoggerMessage(9004, LogLevel.Error, "Function {FunctionName} failed (invocation {InvocationId})")]
    private partial void Failed(string functionName, string invocationId, Exception failure);
}
