using System.Net.Sockets;
using System.Text;
using Holdfast.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Callers;

/// <summary>Who does not get in, over sockets: each caller has the right key but for the one thing that is wrong about it.</summary>
[Collection<OneCallerFixture>]
public sealed class ForeignCallerTests(CallerFixture fixture)
{
    private const string KeyHeader = "x-functions-key";
    private const string Management = "runtime/webhooks/durabletask";
    private const string Messages = $"api/sessions/{CallerFixture.Session}/messages";
    private const string Foreign = "Origin: http://evil.example";

    private static readonly (string Method, string Path, string? Body)[] Keyed =
    [
        ("POST", Messages, """{ "text": "a stranger says this" }"""),
        ("GET", $"api/sessions/{CallerFixture.Session}", null),
        ("GET", $"api/sessions/{CallerFixture.Session}/transcript", null),
        ("POST", $"api/sessions/{CallerFixture.Session}/reset", "{}"),
        ("POST", $"api/sessions/{CallerFixture.Session}/reset?force=true", "{}"),
        ("POST", $"api/sessions/{CallerFixture.Session}/lease/break", """{ "by": "a stranger" }"""),
        ("GET", $"{Management}/instances", null),
        ("GET", $"{Management}/instances/{AppCalls.InstanceOf(CallerFixture.Session)}", null),
        ("POST", $"{Management}/instances/{AppCalls.InstanceOf(CallerFixture.Session)}/terminate?reason=strange", "{}"),
        ("POST", $"{Management}/orchestrators/SessionOrchestrator/strange", "{}"),
        ("GET", "admin/host/status", null),
    ];

    [Theory]
    [InlineData(403, Foreign)]
    [InlineData(403, "Origin: null")]
    [InlineData(403, "Origin: ")]
    [InlineData(403, "Origin: http://127.0.0.1:1")]
    [InlineData(403, "Origin: http://localhost:{port}")]
    [InlineData(403, "Origin: https://127.0.0.1:{port}")]
    [InlineData(403, "Origin: http://127.0.0.1:{port}.evil.example")]
    [InlineData(403, "Host: localhost:{port}\nOrigin: https://localhost:{port}")]
    [InlineData(403, "Sec-Fetch-Site: cross-site")]
    [InlineData(403, "Sec-Fetch-Site: same-site")]
    [InlineData(403, Foreign + "\nX-Forwarded-Proto: https")]
    [InlineData(421, "Host: evil.example")]
    [InlineData(421, "Host: evil.example:{port}\nOrigin: http://evil.example:{port}")]
    [InlineData(421, "Host: 127.0.0.1.evil.example:{port}")]
    [InlineData(421, "Host: localhost.evil.example:{port}")]
    [InlineData(421, "Host: localhost.:{port}")]
    [InlineData(421, "Host: 0.0.0.0:{port}")]
    [InlineData(421, "Host: 192.168.0.7:{port}")]
    [InlineData(421, "Host: [::ffff:192.168.0.7]:{port}")]
    [InlineData(421, "Host: evil.example\nX-Forwarded-Host: 127.0.0.1:{port}")]
    [InlineData(401, KeyHeader + ": ")]
    [InlineData(401, KeyHeader + ": wrong")]
    public async Task S73_Caller_WhoIsForeignOrHasNoKey_IsRefusedEverywhere(int status, string headers)
    {
        var before = await fixture.EverythingAsync();

        foreach (var (method, path, body) in Keyed)
        {
            await ShouldBeRefusedAsync(await SendAsync(method, path, body, headers), status, $"{method} {path}");
        }

        (await fixture.EverythingAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("Content-Type: text/plain")]
    [InlineData("Content-Type: text/plain; charset=application/json")]
    [InlineData("Content-Type: application/x-www-form-urlencoded")]
    [InlineData("Content-Type: multipart/form-data; boundary=x")]
    [InlineData("Content-Type: text/plain, application/json")]
    [InlineData("Content-Type: ")]
    [InlineData("Content-Type: text/plain\nTransfer-Encoding: chunked")]
    public async Task S73_Body_ThatIsNotJson_IsRefusedEverywhere(string headers)
    {
        var before = await fixture.EverythingAsync();

        foreach (var (method, path, body) in Keyed.Where(endpoint => endpoint.Body is not null))
        {
            await ShouldBeRefusedAsync(await SendAsync(method, path, body, headers), 415, $"{method} {path}");
        }

        (await fixture.EverythingAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData(403, Foreign)]
    [InlineData(403, "Origin: null")]
    [InlineData(421, "Host: evil.example")]
    public async Task S73_Caller_WhoIsForeign_IsRefusedWithAKeyInTheQueryAndWithSignatures(int status, string headers)
    {
        var before = await fixture.EverythingAsync();

        foreach (var (method, path, body) in Keyed)
        {
            var keyed = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}code={fixture.Key}";
            await ShouldBeRefusedAsync(await SendAsync(method, keyed, body, $"{KeyHeader}: \n{headers}"), status, $"{method} {path}");
        }

        await ShouldBeRefusedAsync(
            await SignedAsync(headers, () => new GitHubTalk(73, "a stranger says this").SendAsync(fixture.App)), status, "hooks");
        await ShouldBeRefusedAsync(
            await SignedAsync(headers, () => fixture.SendSlackAsync(SlackThread.Begin("C0FOREIGN").Mention("a stranger"))), status,
            "slack");
        await ShouldBeRefusedAsync(await SendAsync("GET", "api/health", null, headers), status, "health");
        (await fixture.EverythingAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("OPTIONS", Foreign + "\nAccess-Control-Request-Method: POST\nAccess-Control-Request-Headers: content-type," + KeyHeader)]
    [InlineData("OPTIONS", "Origin: http://127.0.0.1:{port}\nAccess-Control-Request-Method: POST")]
    [InlineData("HEAD", Foreign)]
    [InlineData("POST", Foreign)]
    public async Task S73_Answer_ToABrowsersQuestion_AllowsNothing(string method, string headers)
    {
        foreach (var path in Keyed.Select(endpoint => endpoint.Path))
        {
            var answer = await SendAsync(method, path, null, headers);

            answer.IsSuccessStatusCode.ShouldBeFalse(path);
            answer.Headers.Select(header => header.Key)
                .ShouldNotContain(name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>A request that names two hosts, or none, is not read as either; the server refuses it before it has a path.</summary>
    [Theory]
    [InlineData(400, "POST /{path} HTTP/1.1", "Host: 127.0.0.1:{port}\nHost: evil.example")]
    [InlineData(400, "POST /{path} HTTP/1.1", "Host: evil.example\nHost: 127.0.0.1:{port}")]
    [InlineData(400, "POST http://evil.example/{path} HTTP/1.1", "Host: 127.0.0.1:{port}")]
    [InlineData(400, "POST http://127.0.0.1:{port}/{path} HTTP/1.1", "Host: evil.example")]
    [InlineData(421, "POST http://evil.example/{path} HTTP/1.1", "Host: evil.example")]
    [InlineData(400, "POST /{path} HTTP/1.1", "Accept: */*")]
    [InlineData(400, "POST /{path} HTTP/1.1", "Host: a@127.0.0.1:{port}")]
    [InlineData(421, "POST /{path} HTTP/1.1", "Host:")]
    [InlineData(421, "POST /{path} HTTP/1.0", "Accept: */*")]
    public async Task S73_Request_WhoseHostIsNotOne_IsRefused(int status, string requestLine, string headers)
    {
        var before = await fixture.EverythingAsync();

        (await FirstLineAsync(requestLine.Replace("{path}", Messages, StringComparison.Ordinal), headers)).ShouldContain($" {status} ");

        (await fixture.EverythingAsync()).ShouldBe(before);
    }

    /// <summary>Else the refusals above would say little.</summary>
    [Theory]
    [InlineData("Accept: */*")]
    [InlineData("Origin: http://127.0.0.1:{port}")]
    [InlineData("Host: localhost:{port}\nOrigin: http://localhost:{port}")]
    [InlineData("Host: LOCALHOST:{port}")]
    [InlineData("Host: [::1]:{port}")]
    [InlineData("Host: 127.0.0.1")]
    [InlineData("Sec-Fetch-Site: same-origin")]
    [InlineData("Sec-Fetch-Site: none")]
    [InlineData("Origin: https://127.0.0.1:{port}\nX-Forwarded-Proto: https")]
    public async Task S73_Caller_OfThisMachine_Reads(string headers)
    {
        var answer = await SendAsync("GET", $"api/sessions/{CallerFixture.Session}/transcript", null, headers);

        (await answer.Content.ReadAsStringAsync()).ShouldContain(CallerFixture.Secret);
    }

    [Theory]
    [InlineData("Content-Type: application/json")]
    [InlineData("Content-Type: application/json; charset=utf-8")]
    [InlineData("Content-Type: APPLICATION/JSON\nOrigin: http://127.0.0.1:{port}")]
    [InlineData("Content-Type: application/json\nTransfer-Encoding: chunked")]
    public async Task S73_Caller_OfThisMachine_StartsATurn(string headers)
    {
        var answer = await SendAsync("POST", "api/sessions/agent:main:http:welcome/messages", """{ "text": "hello" }""", headers);

        await fixture.ReceiptAsync(await AppFixture.TurnOfAsync(answer));
    }

    /// <param name="headers">One a line; an empty one is sent empty, or for key and type not at all. The right key and JSON where they say
    /// nothing.</param>
    private Task<HttpResponseMessage> SendAsync(string method, string path, string? body, string headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        var given = Parse(headers);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation(
                "Content-Type", given.GetValueOrDefault("Content-Type", "application/json") is { Length: > 0 } type ? [type] : []);
        }

        given.TryAdd(KeyHeader, fixture.Key);
        foreach (var (name, value) in given.Where(header => header.Key != "Content-Type" && header is not { Key: KeyHeader, Value: "" }))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return fixture.App.Keyless.SendAsync(request);
    }

    /// <summary>What the vendors' senders sign, with headers more.</summary>
    private async Task<HttpResponseMessage> SignedAsync(string headers, Func<Task<HttpResponseMessage>> send)
    {
        var always = fixture.App.Http.DefaultRequestHeaders;
        try
        {
            Parse(headers).ToList().ForEach(header => always.TryAddWithoutValidation(header.Key, header.Value));
            return await send();
        }
        finally
        {
            Parse(headers).Keys.ToList().ForEach(name => always.Remove(name));
        }
    }

    /// <summary>Sends what no client library would, and reads the line with the status.</summary>
    private async Task<string> FirstLineAsync(string requestLine, string headers)
    {
        const string Body = """{ "text": "a stranger says this" }""";
        var head = $"{requestLine}\n{headers}\n{KeyHeader}: {fixture.Key}\nContent-Type: application/json\nContent-Length: "
            + $"{Body.Length}\nConnection: close\n\n";
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", fixture.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Placed(head).ReplaceLineEndings("\r\n") + Body));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync() ?? "";
    }

    private Dictionary<string, string> Parse(string headers) =>
        Placed(headers).Split('\n').Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1].Trim());

    private string Placed(string text) => text.Replace("{port}", $"{fixture.Port}", StringComparison.Ordinal);

    private static async Task ShouldBeRefusedAsync(HttpResponseMessage answer, int status, string what)
    {
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, $"{what}: {body}");
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", what);
        var problem = await answer.JsonAsync();
        problem.GetProperty("status").GetInt32().ShouldBe(status, what);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace(what);
    }
}
