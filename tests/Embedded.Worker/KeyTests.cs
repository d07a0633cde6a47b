using System.Net;
using Microsoft.Azure.Functions.Worker.Builder;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Worker.Tests;

public sealed class KeyTests
{
    private static Task<WorkerHost> StartAsync(string? key) => WorkerHost.StartAsync(
        [typeof(GuardedFunctions)],
        builder =>
        {
            builder.ConfigureFunctionsWebApplication();
            builder.Configuration["Holdfast:FunctionKey"] = key;
        });

    [Theory]
    [InlineData("api/open", null, HttpStatusCode.OK)]
    [InlineData("api/guarded", null, HttpStatusCode.Unauthorized)]
    [InlineData("api/guarded", "", HttpStatusCode.Unauthorized)]
    [InlineData("api/guarded", "secre", HttpStatusCode.Unauthorized)]
    [InlineData("api/guarded", "secret!", HttpStatusCode.Unauthorized)]
    [InlineData("api/guarded", "secret", HttpStatusCode.OK)]
    [InlineData("api/master", null, HttpStatusCode.Unauthorized)]
    [InlineData("api/master", "secret", HttpStatusCode.OK)]
    [InlineData("api/unsaid", null, HttpStatusCode.Unauthorized)]
    [InlineData("api/guarded?code=secret", null, HttpStatusCode.OK)]
    [InlineData("api/guarded?code=wrong", null, HttpStatusCode.Unauthorized)]
    [InlineData("api/guarded?code=secret", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("admin/host/status", null, HttpStatusCode.Unauthorized)]
    [InlineData("admin/host/status", "secret", HttpStatusCode.OK)]
    public async Task Get_WhenAKeyIsConfigured_AsksForItByLevel(string path, string? header, HttpStatusCode status)
    {
        await using var worker = await StartAsync("secret");
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation("x-functions-key", header);
        }

        using var answer = await worker.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("api/guarded")]
    [InlineData("api/master")]
    [InlineData("api/unsaid")]
    public async Task Get_WhenNoKeyIsConfigured_IsOpen(string path)
    {
        await using var worker = await StartAsync(key: null);
        using var answer = await worker.Client.GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
