using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Tests.Support;

namespace Holdfast.Bench.Fixtures;

/// <summary>A request to the model, as the peer saw it. Times are microseconds since 1970.</summary>
internal sealed record ModelRequest(
    int Number, long ArrivedAtMicros, long? LastByteAtMicros, int DeltasSent, string LastUserText, int BodyBytes);

/// <summary>A message handed to Slack.</summary>
internal sealed record SlackPost(string? ThreadTs, long ArrivedAtMicros);

/// <summary>The scripted peers as one process of their own, so that their work costs neither the app nor the bench.</summary>
internal sealed class PeersProcess : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly ChildProcess _process;
    private readonly HttpClient _http = new();

    private PeersProcess(ChildProcess process, Uri bedrock, Uri slack) => (_process, Bedrock, Slack) = (process, bedrock, slack);

    public Uri Bedrock { get; }

    public Uri Slack { get; }

    public static async Task<PeersProcess> StartAsync()
    {
        var process = ChildProcess.Start(
            "dotnet", [BuiltFiles.PathOf("tests/Peers", "Holdfast.Peers.dll"), "--bedrock", "--slack", "--forget-bodies"]);
        await process.WaitForLineAsync(line => line == "ready", TimeSpan.FromSeconds(60));
        return new PeersProcess(process, AddressOf("bedrock"), AddressOf("slack"));

        Uri AddressOf(string peer) =>
            new(process.Lines.First(line => line.StartsWith(peer + " ", StringComparison.Ordinal))[(peer.Length + 1)..]);
    }

    /// <summary>From now on each answer is text of this many deltas at this pace.</summary>
    /// <param name="forgets">The requests so far.</param>
    public async Task AnswerAsync(int deltas, int intervalMilliseconds, bool forgets = true)
    {
        var script = new JsonObject
        {
            ["reset"] = forgets,
            ["default"] = new JsonArray(
                new JsonObject { ["step"] = "text", ["text"] = "word {n} ", ["count"] = deltas, ["intervalMs"] = intervalMilliseconds },
                new JsonObject { ["step"] = "stop" },
                new JsonObject { ["step"] = "metadata" }),
        };
        using var answer = await _http.PostAsync(
            new Uri(Bedrock, "_script"), new StringContent(script.ToJsonString(), Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
    }

    public async Task<IReadOnlyList<ModelRequest>> RequestsAsync() =>
        await _http.GetFromJsonAsync<List<ModelRequest>>(new Uri(Bedrock, "_requests"), Json) ?? [];

    public Task ForgetRequestsAsync() => _http.DeleteAsync(new Uri(Bedrock, "_requests"));

    public async Task<IReadOnlyList<SlackPost>> PostsAsync()
    {
        var calls = await _http.GetFromJsonAsync<JsonArray>(new Uri(Slack, "_calls"), Json) ?? [];
        return
        [
            .. calls.Where(call => (string?)call!["method"] == "chat.postMessage").Select(call => new SlackPost(
                (string?)call!["arguments"]?["thread_ts"], MicrosOf(
                    DateTimeOffset.Parse((string)call["at"]!, System.Globalization.CultureInfo.InvariantCulture)))),
        ];
    }

    /// <summary>Waits until this many messages were handed to Slack.</summary>
    public async Task<IReadOnlyList<SlackPost>> WaitForPostsAsync(int count, TimeSpan within)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var posts = await PostsAsync();
            if (posts.Count >= count)
            {
                return posts;
            }

            if (TimeProvider.System.GetElapsedTime(started) > within)
            {
                throw new TimeoutException($"{posts.Count} of {count} replies after {within}.");
            }

            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private static long MicrosOf(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
