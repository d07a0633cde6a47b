using System.Net;
using System.Text.Json;
using Octokit.Internal;

namespace Octokit;

/// <summary>The API answered and refused.</summary>
public class ApiException : Exception
{
    public ApiException()
        : this(new ApiError(), 0, null)
    {
    }

    public ApiException(string message, HttpStatusCode httpStatusCode)
        : this(Parse(message), httpStatusCode, null)
    {
    }

    public ApiException(string message, Exception innerException)
        : this(Parse(message), 0, innerException)
    {
    }

    public ApiException(IResponse response)
        : this(response, null)
    {
    }

    public ApiException(IResponse response, Exception? innerException)
        : base(null, innerException)
    {
        ArgumentNullException.ThrowIfNull(response);
        StatusCode = response.StatusCode;
        ApiError = Parse(response.Body as string);
        HttpResponse = response;
    }

    protected ApiException(HttpStatusCode statusCode, Exception? innerException)
        : this(new ApiError(), statusCode, innerException)
    {
    }

    protected ApiException(ApiError apiError, HttpStatusCode statusCode, Exception? innerException)
        : base(null, innerException)
    {
        ArgumentNullException.ThrowIfNull(apiError);
        ApiError = apiError;
        StatusCode = statusCode;
    }

    /// <summary>The answer; null when the exception was not made from one.</summary>
    public IResponse? HttpResponse { get; private set; }

    public HttpStatusCode StatusCode { get; private set; }

    /// <summary>The parsed body; its message is the whole text when the body is no JSON.</summary>
    public ApiError ApiError { get; private set; }

    public override string Message => ApiErrorMessageSafe ?? "An error occurred with this API request";

    /// <summary>The API's message, or null when it is blank.</summary>
    protected string? ApiErrorMessageSafe => string.IsNullOrWhiteSpace(ApiError.Message) ? null : ApiError.Message;

    /// <summary>The answer's text, or an empty string.</summary>
    protected string HttpResponseBodySafe =>
        HttpResponse is { ContentType: not null, Body: string text } && !HttpResponse.ContentType.StartsWith("image/", StringComparison.OrdinalIgnoreCase)
            ? text
            : "";

    public override string ToString() => base.ToString() + Environment.NewLine + HttpResponseBodySafe;

    private static ApiError Parse(string? body)
    {
        if (string.IsNullOrEmpty(body))
        {
            return new ApiError(body);
        }

        try
        {
            return WireJson.Read<ApiError>(body) ?? new ApiError(body);
        }
        catch (JsonException)
        {
            return new ApiError(body);
        }
    }
}
