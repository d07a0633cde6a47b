namespace Holdfast.LocalHost.Workers;

/// <summary>
/// The worker ended, so what it was asked for has no outcome. By its base type and the first words of its text (activities), and by its
/// name (orchestrations), the Durable extension knows that it must run the work again, instead of recording a failure.
/// </summary>
internal sealed class WorkerProcessExitException()
    : InvalidOperationException("Did not find any initialized language workers: the worker process has ended.");

/// <summary>A function threw. The Durable extension takes this text apart to learn type, message and stack of what was thrown.</summary>
internal sealed class FunctionFailedException(string result, string message, string stack)
    : Exception($"Result: {result}\nException: {message}\nStack: {stack}");
