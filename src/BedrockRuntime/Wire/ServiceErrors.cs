using System.Net;
using System.Text;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime;
using Amazon.Runtime.EventStreams;
using Amazon.Runtime.Internal;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>Which exception stands for which error of the service, before the stream and inside it.</summary>
internal static class ServiceErrors
{
    private delegate AmazonBedrockRuntimeException Factory(
        string message, Exception inner, ErrorType type, string code, string requestId, HttpStatusCode status);

    private static readonly Factory InternalServer = (m, i, t, c, r, s) => new InternalServerException(m, i, t, c, r, s);
    private static readonly Factory ModelStreamError = (m, i, t, c, r, s) => new ModelStreamErrorException(m, i, t, c, r, s);
    private static readonly Factory ServiceUnavailable = (m, i, t, c, r, s) => new ServiceUnavailableException(m, i, t, c, r, s);
    private static readonly Factory Throttling = (m, i, t, c, r, s) => new ThrottlingException(m, i, t, c, r, s);
    private static readonly Factory Validation = (m, i, t, c, r, s) => new ValidationException(m, i, t, c, r, s);

    private static readonly Dictionary<string, Factory> BeforeStream = new(StringComparer.Ordinal)
    {
        [nameof(AccessDeniedException)] = (m, i, t, c, r, s) => new AccessDeniedException(m, i, t, c, r, s),
        [nameof(InternalServerException)] = InternalServer,
        [nameof(ModelErrorException)] = (m, i, t, c, r, s) => new ModelErrorException(m, i, t, c, r, s),
        [nameof(ModelNotReadyException)] = (m, i, t, c, r, s) => new ModelNotReadyException(m, i, t, c, r, s),
        [nameof(ModelTimeoutException)] = (m, i, t, c, r, s) => new ModelTimeoutException(m, i, t, c, r, s),
        [nameof(ResourceNotFoundException)] = (m, i, t, c, r, s) => new ResourceNotFoundException(m, i, t, c, r, s),
        [nameof(ServiceUnavailableException)] = ServiceUnavailable,
        [nameof(ThrottlingException)] = Throttling,
        [nameof(ValidationException)] = Validation,
    };

    /// <summary>
    /// The exceptions that a stream of this operation can carry, by the event's exception type. As in the package, the
    /// typed one is the inner exception and says nothing itself; the payload is the outer one's message.
    /// </summary>
    public static IDictionary<string, Func<IEventStreamMessage, BedrockRuntimeEventStreamException>> InStream { get; } =
        new Dictionary<string, Func<IEventStreamMessage, BedrockRuntimeEventStreamException>>(StringComparer.OrdinalIgnoreCase)
        {
            [nameof(InternalServerException)] = message => Wrap(message, InternalServer),
            [nameof(ModelStreamErrorException)] = message => Wrap(message, ModelStreamError),
            [nameof(ServiceUnavailableException)] = message => Wrap(message, ServiceUnavailable),
            [nameof(ThrottlingException)] = message => Wrap(message, Throttling),
            [nameof(ValidationException)] = message => Wrap(message, Validation),
        };

    /// <summary>The exception for a refused request. A code that the operation does not name gives the base type with that code.</summary>
    public static AmazonBedrockRuntimeException Of(ErrorResponse error)
    {
        var factory = error.Code is null ? null : BeforeStream.GetValueOrDefault(error.Code);
        return Make(error, factory ?? ((m, i, t, c, r, s) => new AmazonBedrockRuntimeException(m, i, t, c, r, s)));
    }

    private static BedrockRuntimeEventStreamException Wrap(IEventStreamMessage message, Factory inner)
        => new(Encoding.UTF8.GetString(message.Payload), Make(new ErrorResponse(), inner));

    private static AmazonBedrockRuntimeException Make(ErrorResponse error, Factory factory)
        => factory(error.Message, error.InnerException, error.Type, error.Code, error.RequestId, error.StatusCode);
}
