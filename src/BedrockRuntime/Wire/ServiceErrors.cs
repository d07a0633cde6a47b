using System.Text.Json;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime;
using Amazon.Runtime.EventStreams;
using Amazon.Runtime.Internal;

namespace Amazon.BedrockRuntime.Wire;

/// <summary>Which exception stands for which error of the service, before the stream and inside it.</summary>
internal static class ServiceErrors
{
    private delegate AmazonBedrockRuntimeException Factory(ErrorResponse error);

    private static readonly Dictionary<string, Factory> BeforeStream = new(StringComparer.Ordinal)
    {
        [nameof(AccessDeniedException)] = e => new AccessDeniedException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),
        [nameof(InternalServerException)] = Internal,
        [nameof(ModelErrorException)] = e => new ModelErrorException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),
        [nameof(ModelNotReadyException)] = e => new ModelNotReadyException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),
        [nameof(ModelTimeoutException)] = e => new ModelTimeoutException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),
        [nameof(ResourceNotFoundException)] = e => new ResourceNotFoundException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),
        [nameof(ServiceUnavailableException)] = Unavailable,
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
            [nameof(InternalServerException)] = message => Wrap(message, Internal(new ErrorResponse())),
            [nameof(ModelStreamErrorException)] = message => Wrap(message, ModelStreamError(message.Payload)),
            [nameof(ServiceUnavailableException)] = message => Wrap(message, Unavailable(new ErrorResponse())),
            [nameof(ThrottlingException)] = message => Wrap(message, Throttling(new ErrorResponse())),
            [nameof(ValidationException)] = message => Wrap(message, Validation(new ErrorResponse())),
        };

    /// <summary>The exception for a refused request. A code that the operation does not name gives the base type with that code.</summary>
    public static AmazonBedrockRuntimeException Of(ErrorResponse error, ReadOnlySpan<byte> body)
    {
        var exception = error.Code is not null && BeforeStream.TryGetValue(error.Code, out var factory)
            ? factory(error)
            : new AmazonBedrockRuntimeException(
                error.Message, error.InnerException, error.Type, error.Code, error.RequestId, error.StatusCode);
        if (exception is ModelErrorException modelError)
        {
            (modelError.OriginalStatusCode, modelError.ResourceName, _) = ReadOriginal(body);
        }

        return exception;
    }

    private static BedrockRuntimeEventStreamException Wrap(IEventStreamMessage message, AmazonServiceException inner)
        => new(System.Text.Encoding.UTF8.GetString(message.Payload), inner);

    private static ModelStreamErrorException ModelStreamError(byte[] payload)
    {
        var e = new ErrorResponse();
        var (statusCode, _, text) = ReadOriginal(payload);
        return new ModelStreamErrorException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode)
        {
            OriginalStatusCode = statusCode,
            OriginalMessage = text,
        };
    }

    private static (int? StatusCode, string ResourceName, string Message) ReadOriginal(ReadOnlySpan<byte> body)
    {
        (int? StatusCode, string ResourceName, string Message) found = default;
        var json = new Utf8JsonReader(body);
        if (body.IsEmpty || !json.Read())
        {
            return found;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "originalStatusCode" when json.TokenType == JsonTokenType.Number:
                    found.StatusCode = json.GetInt32();
                    break;
                case "resourceName" when json.TokenType == JsonTokenType.String:
                    found.ResourceName = json.GetString();
                    break;
                case "originalMessage" when json.TokenType == JsonTokenType.String:
                    found.Message = json.GetString();
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        return found;
    }

    private static InternalServerException Internal(ErrorResponse e)
        => new(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    private static ServiceUnavailableException Unavailable(ErrorResponse e)
        => new(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    private static ThrottlingException Throttling(ErrorResponse e)
        => new(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    private static ValidationException Validation(ErrorResponse e)
        => new(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);
}
