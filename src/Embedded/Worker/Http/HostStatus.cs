using Microsoft.AspNetCore.Http;

namespace Holdfast.Embedded.Http;

/// <summary>The answer of <c>GET /admin/host/status</c>: two fields of the real host's.</summary>
internal static class HostStatus
{
    private const string Body = """{"state":"Running","version":"embedded"}""";

    public static Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(Body, http.RequestAborted);
    }
}
