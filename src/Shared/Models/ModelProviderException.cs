namespace Holdfast.Models;

/// <summary>A provider refused or failed, already classified.</summary>
/// <param name="failure">What happened; its message is the exception's.</param>
/// <param name="cause">The provider's own exception.</param>
public sealed class ModelProviderException(ModelFailure failure, Exception? cause = null) : Exception(failure.Message, cause)
{
    public ModelFailure Failure => failure;

    /// <summary>
    /// The provider's failure inside whatever it comes wrapped in (a cancellation, a storage or coordination fault, an aggregate): the
    /// wrapper must not hide what helps against it.
    /// </summary>
    /// <returns>The outermost one; null when there is none.</returns>
    public static ModelFailure? FindIn(Exception? exception) => exception switch
    {
        null => null,
        ModelProviderException found => found.Failure,
        AggregateException several => several.InnerExceptions.Select(FindIn).FirstOrDefault(found => found is not null),
        _ => FindIn(exception.InnerException),
    };
}
