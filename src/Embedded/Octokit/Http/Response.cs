using System.Collections.ObjectModel;
using System.Net;

namespace Octokit.Internal;

/// <summary>The one implementation of <see cref="IResponse"/>.</summary>
internal sealed class Response : IResponse
{
    public Response(HttpStatusCode statusCode, string? body, IDictionary<string, string> headers, string? contentType)
    {
        StatusCode = statusCode;
        Body = body;
        Headers = new ReadOnlyDictionary<string, string>(headers);
        ContentType = contentType;
        ApiInfo = ApiInfoParser.Parse(Headers);
    }

    public object? Body { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public ApiInfo ApiInfo { get; }

    public HttpStatusCode StatusCode { get; }

    public string? ContentType { get; }
}
