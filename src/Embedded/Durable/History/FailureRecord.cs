using Microsoft.DurableTask;

namespace Holdfast.Embedded.Durable.History;

/// <summary>A failure as it is stored.</summary>
internal sealed record FailureRecord(string Type, string Message, string? StackTrace, FailureRecord? Inner)
{
    public static FailureRecord Of(Exception exception) => Of(TaskFailureDetails.FromException(exception));

    public TaskFailureDetails ToDetails() => new(Type, Message, StackTrace, Inner?.ToDetails(), null);

    private static FailureRecord Of(TaskFailureDetails details) => new(
        details.ErrorType, details.ErrorMessage, details.StackTrace, details.InnerFailure is { } inner ? Of(inner) : null);
}
