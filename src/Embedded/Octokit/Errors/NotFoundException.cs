using System.Net;

namespace Octokit;

/// <summary>There is no such thing, or none that the credentials may see: 404.</summary>
public class NotFoundException : ApiException
{
    public NotFoundException(string message, HttpStatusCode statusCode)
        : base(message, statusCode)
    {
    }

    public NotFoundException(IResponse response)
        : this(response, null)
    {
    }

    public NotFoundException(IResponse response, Exception? innerException)
        : base(response, innerException)
    {
    }
}
