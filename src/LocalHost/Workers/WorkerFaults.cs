namespace Holdfast.LocalHost.Workers;

/// <summary>
/// The worker ended, so what it was asked for has no outcome. By the first words of this text and by its base type the Durable extension
/// knows that it must run the work again, instead of recording a failure.
/// </summary>
internal sealed class WorkerGoneException() : InvalidOperationException("Did not find any initialized language workers: the worker process has ended.");

/// <summary>A function threw. The Durable extension takes this text apart to learn type, message and stack of what was thrown.</summary>
internal sealed class FunctionFailedException(string result, string message, string stack)
    : Exception($"Result: {result}\nException: {message}\nStack: {stack}");
