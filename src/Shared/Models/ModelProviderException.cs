namespace Holdfast.Models;

/// <summary>A provider refused or failed, already classified.</summary>
public sealed class ModelProviderException : Exception
{
    public ModelProviderException()
        : this(ModelFailureKind.Unknown, "The model provider failed.")
    {
    }

    public ModelProviderException(string message)
        : this(ModelFailureKind.Unknown, message)
    {
    }

    public ModelProviderException(string message, Exception innerException)
        : this(ModelFailureKind.Unknown, message, innerException: innerException)
    {
    }

    /// <param name="kind">What happened.</param>
    /// <param name="message">For an operator; holds no prompt and no answer.</param>
    /// <param name="retryAfter">The provider's own wish.</param>
    /// <param name="innerException">The cause.</param>
    public ModelProviderException(ModelFailureKind kind, string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
        RetryAfter = retryAfter;
    }

    /// <summary>
    /// The provider's failure inside whatever it comes wrapped in (a cancellation, a storage or coordination fault, an aggregate): the
    /// wrapper must not hide what helps against it.
    /// </summary>
    /// <returns>The outermost one; null when there is none.</returns>
    public static ModelProviderException? FindIn(Exception? exception) => exception switch
    {
        null => null,
        ModelProviderException found => found,
        AggregateException several => several.InnerExceptions.Select(FindIn).FirstOrDefault(found => found is not null),
        _ => FindIn(exception.InnerException),
    };

    public ModelFailureKind Kind { get; }

    public TimeSpan? RetryAfter { get; }
}
