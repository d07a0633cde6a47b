namespace Holdfast.LocalHost.Http;

/// <summary>Whether the app takes requests. Nothing is forwarded before it runs, and nothing new once it ends.</summary>
internal sealed class HostState
{
    private volatile string _name = "Starting";

    private bool IsRunning => _name == "Running";

    public void Run() => _name = "Running";

    public void End() => _name = "Ending";

    public Task GateAsync(HttpContext http, RequestDelegate next)
    {
        if (IsRunning || http.GetEndpoint() is null)
        {
            return next(http);
        }

        http.Response.Headers.RetryAfter = "1";
        return Problems.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "The host is starting or ending.");
    }

    /// <summary><c>GET /admin/host/status</c>: two fields of the Functions host's answer.</summary>
    public IResult Describe() => Results.Json(new { state = _name, version = typeof(HostState).Assembly.GetName().Version!.ToString() });
}
