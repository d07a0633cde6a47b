using System.Text;
using System.Text.Json;
using Holdfast.Configuration;
using Holdfast.Functions.Composition;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Holdfast.Functions.Tests.Endpoints;

/// <summary>The app as it puts itself together, on storage in memory that can be out of reach, with an engine in a test's hand.</summary>
internal sealed class EndpointFixture : IAsyncDisposable
{
    public const string SlackSecret = "a signing secret";
    public const string HookSecret = "a hook's secret";
    public const int MaxMessageBytes = 1024;

    private const string Agent = "---\nmodel: quick\n---\nBe brief.\n";

    private const string Rest =
        """
        "models": { "quick": { "provider": "bedrock", "modelId": "some.model" } },
        "hooks": {
          "github": {
            "kind": "github", "secret": "env:HOOK", "agent": "main", "events": ["issue_comment.created"],
            "sessionKey": "github:{repository}:{number}", "message": "{body}", "reply": { "kind": "none" }, "maxBodyBytes": 4096
          }
        },
        "limits": { "maxMessageBytes": 1024 }
        """;

    private const string Slack =
        """
        "channels": { "slack": { "botToken": "env:SLACK", "signingSecrets": ["env:SLACK"], "agent": "main" } }
        """;

    private readonly ServiceProvider _services;
    private readonly Reach _reach = new();

    public EndpointFixture(bool isOnSlack = true)
    {
        Blobs = new MemoryBlobContainer(new MemoryBlobStore(Clock), _reach);
        var services = new ServiceCollection();
        services.AddLogging().AddHoldfast(Load(isOnSlack), new ConfigurationBuilder().Build());
        services.AddSingleton<TimeProvider>(Clock).AddSingleton<IBlobContainer>(Blobs);
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
    }

    public ManualClock Clock { get; } = new();

    public SimulatedEngine Engine { get; } = new();

    public MemoryBlobContainer Blobs { get; }

    /// <summary>Signals that an orchestration got, or was started by.</summary>
    public int Signals => Engine.Starts.Count + Engine.Heard;

    /// <summary>From now on each call of storage fails.</summary>
    public void LoseStorage() => _reach.IsLost = true;

    /// <summary>From now on storage answers no call until its caller gives up.</summary>
    public void SilenceStorage() => _reach.IsSilent = true;

    public T Get<T>()
        where T : notnull => ActivatorUtilities.GetServiceOrCreateInstance<T>(_services);

    /// <summary>What a caller gets for it.</summary>
    public async Task<Answer> AnswerAsync(HttpRequest request, Task<IResult> endpoint)
    {
        var result = await endpoint;
        var context = request.HttpContext;
        var body = new MemoryStream();
        (context.RequestServices, context.Response.Body) = (_services, body);
        await result.ExecuteAsync(context);
        return new Answer(context.Response, Encoding.UTF8.GetString(body.ToArray()));
    }

    /// <summary>Messages that wait in a session.</summary>
    public async Task<IReadOnlyList<InboundMessage>> PendingAsync(string key)
    {
        var inbox = Get<InboxStore>();
        var pending = new List<InboundMessage>();
        await foreach (var item in inbox.ListAsync(SessionKey.Parse(key), CancellationToken.None))
        {
            pending.Add((await inbox.ReadMessageAsync(item.Path, CancellationToken.None)).ShouldNotBeNull());
        }

        return pending;
    }

    public static HttpRequest Post(string body, params IReadOnlyList<(string Name, string Value)> headers)
    {
        var request = new DefaultHttpContext().Request;
        var bytes = Encoding.UTF8.GetBytes(body);
        (request.Method, request.Scheme, request.Host) = ("POST", "https", new HostString("app.example"));
        (request.Body, request.ContentLength, request.ContentType) = (new MemoryStream(bytes), bytes.Length, "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers[name] = value;
        }

        return request;
    }

    public static HttpRequest Get(string query = "", string? range = null)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.QueryString, request.Headers.Range) = ("GET", new QueryString(query), range);
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Engine.DisposeAsync();
    }

    private static HoldfastConfiguration Load(bool isOnSlack)
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-endpoints-").FullName;
        try
        {
            var file = Path.Combine(folder, ConfigurationLoader.DefaultFileName);
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "agents")).FullName, "main.agent.md"), Agent);
            File.WriteAllText(file, $"{{ {Rest}{(isOnSlack ? ", " + Slack : "")} }}");
            var outcome = ConfigurationLoader.Load(file, name => name == "HOOK" ? HookSecret : SlackSecret);
            return outcome.ShouldBeOfType<ConfigurationOutcome.Loaded>(outcome.ToString()).Configuration;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Between the app and its storage.</summary>
    private sealed class Reach : IBlobGate
    {
        public bool IsLost { get; set; }

        public bool IsSilent { get; set; }

        public async ValueTask BeforeAsync(BlobCall blobCall)
        {
            if (IsSilent)
            {
                await Task.Delay(Timeout.Infinite, blobCall.CancellationToken);
            }

            if (IsLost)
            {
                throw new StorageUnavailableException("Storage is out of reach.");
            }
        }

        public ValueTask AfterAsync(BlobCall blobCall) => default;
    }
}

/// <summary>An endpoint's answer, as it goes to the caller.</summary>
internal sealed class Answer(HttpResponse response, string body)
{
    public int Status => response.StatusCode;

    public string Body => body;

    public IHeaderDictionary Headers => response.Headers;

    public JsonElement Json => JsonDocument.Parse(body).RootElement;

    /// <summary>RFC 9457: type, title, status and what is wrong.</summary>
    public void ShouldBeProblem(int status, string detail)
    {
        Status.ShouldBe(status, body);
        response.ContentType.ShouldNotBeNull().ShouldStartWith("application/problem+json");
        Json.GetProperty("type").GetString().ShouldNotBeNull().ShouldStartWith("https://tools.ietf.org/html/rfc9110#");
        Json.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        Json.GetProperty("status").GetInt32().ShouldBe(status);
        Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(detail);
    }
}
