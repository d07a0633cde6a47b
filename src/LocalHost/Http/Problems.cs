namespace Holdfast.LocalHost.Http;

/// <summary>Answers of the host's own, as RFC 9457 problem bodies.</summary>
internal static class Problems
{
    /// <summary>Does nothing when an answer has begun already.</summary>
    public static Task WriteAsync(HttpContext http, int status, string detail)
    {
        if (http.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        http.Response.Clear();
        return Results.Problem(detail, statusCode: status).ExecuteAsync(http);
    }
}
