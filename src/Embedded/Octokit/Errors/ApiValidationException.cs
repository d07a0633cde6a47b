using System.Net;

namespace Octokit;

/// <summary>The request is well formed and not acceptable: 422.</summary>
public class ApiValidationException : ApiException
{
    public ApiValidationException()
        : base(HttpStatusCode.UnprocessableEntity, null)
    {
    }

    public ApiValidationException(IResponse response)
        : this(response, null)
    {
    }

    public ApiValidationException(IResponse response, Exception? innerException)
        : base(response, innerException)
    {
    }

    public override string Message => ApiErrorMessageSafe ?? "Validation Failed";
}
