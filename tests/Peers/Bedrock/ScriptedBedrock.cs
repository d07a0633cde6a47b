using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.Peers.Bedrock;

/// <summary>
/// A Bedrock Runtime on a socket of this machine that answers <c>POST /model/{modelId}/converse-stream</c> as scripted and
/// remembers what it was asked. It takes any credentials; <see cref="SigV4"/> checks those of a recorded request.
/// <para>
/// From outside: <c>POST /_script</c> loads scripts (<see cref="BedrockScriptJson"/>), <c>POST /_gates/{name}</c> opens a
/// gate, <c>GET /_requests</c> lists requests (<c>?bodies=true</c> with what they said), <c>DELETE /_requests</c> forgets them.
/// </para>
/// </summary>
public sealed class ScriptedBedrock : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly BedrockScripts _scripts = new();
    private readonly BedrockJournal _journal = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly bool _keepBodies;
    private readonly TimeProvider _time;

    private ScriptedBedrock(int port, bool keepBodies, TimeProvider time, X509Certificate2? certificate)
    {
        (_keepBodies, _time) = (keepBodies, time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>Where it listens; the client's service address.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>The requests so far, in the order of their arrival.</summary>
    public IReadOnlyList<BedrockRequest> Requests => _journal.Snapshot();

    /// <summary>Asked first for each request; null leaves the choice to queues, rules and the default.</summary>
    public Func<BedrockRequest, BedrockScript?>? Selector
    {
        get => _scripts.Selector;
        set => _scripts.Selector = value;
    }

    /// <summary>The points at which scripts wait.</summary>
    public PeerGates Gates { get; } = new();

    /// <param name="port">0 takes a free one.</param>
    /// <param name="keepBodies">False keeps a long run small: only sizes and summaries of bodies are remembered.</param>
    /// <param name="timeProvider">The clock of silences and rates; null is the system's.</param>
    /// <param name="certificate">Speaks TLS with this certificate; null speaks plain HTTP. Bearer tokens go over TLS only.</param>
    public static async Task<ScriptedBedrock> StartAsync(
        int port = 0, bool keepBodies = true, TimeProvider? timeProvider = null, X509Certificate2? certificate = null)
    {
        var peer = new ScriptedBedrock(port, keepBodies, timeProvider ?? TimeProvider.System, certificate);
        await peer._app.StartAsync();
        peer.Endpoint = new Uri(peer._app.Urls.First());
        return peer;
    }

    /// <summary>Answers the model's next requests with these scripts, one each.</summary>
    public void Enqueue(string modelId, params BedrockScript[] scripts) => _scripts.Enqueue(modelId, scripts);

    /// <summary>Adds a rule behind those that stand already; the first that matches decides.</summary>
    public void AddRule(BedrockRule rule) => _scripts.Add(rule);

    /// <summary>What is answered when neither selector, queue nor rule says anything.</summary>
    public void SetDefault(BedrockScript script) => _scripts.SetDefault(script);

    /// <summary>Adds the scripts of a JSON text.</summary>
    /// <exception cref="FormatException">It is not of the documented form.</exception>
    public void Load(string json)
    {
        using var document = JsonDocument.Parse(json);
        _scripts.Load(document.RootElement);
    }

    /// <summary>Lets scripts that wait at this gate go on, now and later.</summary>
    public void Open(string gate) => Gates.Open(gate);

    /// <summary>Completes with the request of this number (1 is the first), now or when it arrives.</summary>
    public Task<BedrockRequest> WhenArrived(int number) => _journal.WhenArrived(number);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private Task ServeAsync(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var path = target.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (http.Request.Method, path) switch
        {
            ("POST", ["model", var model, "converse-stream"]) => ConverseAsync(http, Uri.UnescapeDataString(model), target),
            (_, [['_', ..], ..]) => BedrockControl.ServeAsync(http, path, _scripts, _journal, Gates),
            _ => RefuseAsync(http, new BedrockStep.HttpError(404, "UnknownOperationException", "There is no such operation.")),
        };
    }

    private async Task ConverseAsync(HttpContext http, string modelId, string target)
    {
        var arrivedAt = PeerClock.NowMicros;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping.Token);
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, stop.Token);
        using var parsed = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body.ToArray());
        var headers = http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = _journal.Add(
            number => new BedrockRequest(number, modelId, target, headers, body.ToArray(), parsed.RootElement.Clone(), arrivedAt));
        var script = _scripts.Next(request);
        if (!_keepBodies)
        {
            request.ForgetBody();
        }

        try
        {
            request.End(await AnswerAsync(http, request, script, stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            request.End(BedrockEnding.ClientLeft);
            http.Abort();
        }
    }

    private async Task<BedrockEnding> AnswerAsync(HttpContext http, BedrockRequest request, BedrockScript script, CancellationToken stop)
    {
        switch (script.Steps.FirstOrDefault())
        {
            case BedrockStep.HttpError error:
                http.Response.Headers["x-amzn-RequestId"] = $"scripted-{request.Number}";
                await RefuseAsync(http, error);
                return BedrockEnding.Refused;
            case BedrockStep.NoAnswer:
                http.Abort();
                return BedrockEnding.Cut;
            case BedrockStep.HoldHeaders hold:
                await Task.Delay(hold.Duration, _time, stop);
                break;
            default:
                break;
        }

        http.Response.ContentType = "application/vnd.amazon.eventstream";
        http.Response.Headers["x-amzn-RequestId"] = $"scripted-{request.Number}";
        await http.Response.StartAsync(stop);
        await http.Response.BodyWriter.FlushAsync(stop);
        var ending = await new BedrockAnswer(http.Response.BodyWriter, request, Gates, _time, stop).PlayAsync(script.Steps);
        if (ending == BedrockEnding.Cut)
        {
            http.Abort();
        }

        return ending;
    }

    private static Task RefuseAsync(HttpContext http, BedrockStep.HttpError error)
    {
        http.Response.StatusCode = error.Status;
        http.Response.ContentType = "application/json";
        http.Response.Headers["x-amzn-ErrorType"] = error.Type;
        if (error.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return http.Response.WriteAsync(JsonSerializer.Serialize(new { message = error.Message }));
    }
}
