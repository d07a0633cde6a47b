using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Amazon.BedrockRuntime;
using Amazon.Runtime;
using Holdfast.Models;
using Holdfast.Models.Bedrock;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Tests.Models.Bedrock;

/// <summary>The far end of ConverseStream on a loopback socket: event-stream frames, written as the test says.</summary>
internal sealed class ConverseServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly List<JsonElement> requests = [];

    private ConverseServer(WebApplication app) => this.app = app;

    public string Url => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Bodies, in order of arrival.</summary>
    public IReadOnlyList<JsonElement> Requests => requests;

    public static async Task<ConverseServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ConverseServer(app);
        app.Run(async context =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            server.requests.Add(body.RootElement.Clone());
            await answer(context);
        });
        await app.StartAsync();
        return server;
    }

    public BedrockModelProvider Provider() => new(region =>
    {
        var configuration = BedrockModelProvider.ConfigurationFor(region);
        configuration.ServiceURL = Url;
        configuration.AuthenticationRegion = "eu-central-1";
        return new AmazonBedrockRuntimeClient(new BasicAWSCredentials("id", "secret"), configuration);
    });

    public static async Task WriteAsync(HttpContext context, string type, string json, string kind = "event")
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/vnd.amazon.eventstream";
        }

        await context.Response.Body.WriteAsync(
            Frame(json, (":message-type", kind), ($":{kind}-type", type), (":content-type", "application/json")));
        await context.Response.Body.FlushAsync();
    }

    public static async Task<List<ModelEvent>> CollectAsync(
        IModelProvider provider, ModelCall call, CancellationToken cancellationToken = default)
    {
        var events = new List<ModelEvent>();
        await foreach (var modelEvent in provider.StreamAsync(call, cancellationToken))
        {
            events.Add(modelEvent);
        }

        return events;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    /// <summary>Length, header length, their checksum, headers (name, type 7, text), payload, checksum of all.</summary>
    private static byte[] Frame(string json, params (string Name, string Value)[] headers)
    {
        using var head = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            head.WriteByte((byte)name.Length);
            head.Write(Encoding.ASCII.GetBytes(name));
            head.Write([7, (byte)(value.Length >> 8), (byte)value.Length]);
            head.Write(Encoding.ASCII.GetBytes(value));
        }

        var payload = Encoding.UTF8.GetBytes(json);
        var frame = new byte[12 + head.Length + payload.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), (int)head.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), Crc32.HashToUInt32(frame.AsSpan(0, 8)));
        head.ToArray().CopyTo(frame, 12);
        payload.CopyTo(frame, 12 + (int)head.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), Crc32.HashToUInt32(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }
}
