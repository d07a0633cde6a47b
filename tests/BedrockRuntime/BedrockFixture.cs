using Amazon.BedrockRuntime;
using Amazon.BedrockRuntime.Model;
using Amazon.Runtime;
using Amazon.Runtime.EventStreams;
using Holdfast.Peers.Bedrock;

namespace Holdfast.BedrockRuntime.Tests;

/// <summary>A scripted Bedrock and a client that talks to it.</summary>
internal sealed class BedrockFixture : IAsyncDisposable
{
    public const string Model = "anthropic.claude-sonnet-4-20250514-v1:0";
    public const string AccessKeyId = "AKIDEXAMPLE";
    public const string SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    /// <summary>Long enough for a slow machine, short enough to end a test that hangs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private BedrockFixture(ScriptedBedrock peer) => (Peer, Client) = (peer, CreateClient(peer.Endpoint));

    public ScriptedBedrock Peer { get; }

    public AmazonBedrockRuntimeClient Client { get; }

    public static async Task<BedrockFixture> StartAsync(params BedrockScript[] scripts)
    {
        var peer = await ScriptedBedrock.StartAsync();
        peer.Enqueue(Model, scripts);
        return new BedrockFixture(peer);
    }

    public static AmazonBedrockRuntimeClient CreateClient(Uri endpoint, int retries = 0) => new(
        new BasicAWSCredentials(AccessKeyId, SecretAccessKey),
        new AmazonBedrockRuntimeConfig
        {
            ServiceURL = endpoint.ToString(),
            AuthenticationRegion = "eu-central-1",
            MaxErrorRetry = retries,
            Timeout = Timeout.InfiniteTimeSpan,
        });

    public static ConverseStreamRequest Request(string text = "hello") => new()
    {
        ModelId = Model,
        Messages = [new Message { Role = ConversationRole.User, Content = [new ContentBlock { Text = text }] }],
    };

    public Task<ConverseStreamResponse> ConverseAsync(CancellationToken cancellationToken = default)
        => Client.ConverseStreamAsync(Request(), cancellationToken);

    /// <summary>The events up to the end, and what ended them if it was no proper end.</summary>
    public async Task<(List<IEventStreamEvent> Events, Exception? Failure)> ReadAllAsync()
    {
        using var response = await ConverseAsync();
        return await DrainAsync(response.Stream.GetAsyncEnumerator(CancellationToken.None));
    }

    public static async Task<(List<IEventStreamEvent> Events, Exception? Failure)> DrainAsync(IAsyncEnumerator<IEventStreamEvent> events)
    {
        var seen = new List<IEventStreamEvent>();
        try
        {
            while (await events.MoveNextAsync().AsTask().WaitAsync(Patience))
            {
                seen.Add(events.Current);
            }

            return (seen, null);
        }
        catch (BedrockRuntimeEventStreamException failure)
        {
            return (seen, failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Peer.DisposeAsync();
    }
}
