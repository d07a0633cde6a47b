using System.Net;

namespace Octokit.Internal;

/// <summary>Chooses the exception for a refusal as the vendor's client does: by status, and for 403 by words of the body.</summary>
internal static class ApiErrors
{
    /// <exception cref="ApiException">The status is 400 or above.</exception>
    public static void ThrowIfRefused(IResponse response)
    {
        if ((int)response.StatusCode >= 400)
        {
            throw Exception(response);
        }
    }

    private static ApiException Exception(IResponse response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized => new AuthorizationException(response),
        HttpStatusCode.Forbidden => Forbidden(response),
        HttpStatusCode.NotFound => new NotFoundException(response),
        HttpStatusCode.UnprocessableEntity => new ApiValidationException(response),
        _ => new ApiException(response),
    };

    private static ForbiddenException Forbidden(IResponse response)
    {
        var body = response.Body as string ?? "";
        if (body.Contains("rate limit exceeded", StringComparison.Ordinal))
        {
            return new RateLimitExceededException(response);
        }

        if (body.Contains("secondary rate limit", StringComparison.Ordinal))
        {
            return new SecondaryRateLimitExceededException(response);
        }

        return body.Contains("abuse-rate-limits", StringComparison.Ordinal) || body.Contains("abuse detection mechanism", StringComparison.Ordinal)
            ? new AbuseException(response)
            : new ForbiddenException(response);
    }
}
