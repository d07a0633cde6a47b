using System.Net;

namespace Octokit;

/// <summary>The credentials are missing or not accepted: 401.</summary>
public class AuthorizationException : ApiException
{
    public AuthorizationException()
        : base(HttpStatusCode.Unauthorized, null)
    {
    }

    public AuthorizationException(HttpStatusCode httpStatusCode, Exception? innerException)
        : base(httpStatusCode, innerException)
    {
    }

    public AuthorizationException(IResponse response)
        : this(response, null)
    {
    }

    public AuthorizationException(IResponse response, Exception? innerException)
        : base(response, innerException)
    {
    }
}
