using System.Security.Cryptography;
using System.Text;
using Holdfast.Channels;
using Holdfast.Channels.Schedules;
using Holdfast.Channels.Slack;
using Holdfast.Configuration;
using Holdfast.Configuration.Agents;
using Holdfast.Delivery;
using Holdfast.Functions.Endpoints;
using Holdfast.Functions.Operators;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Holdfast.Ownership.Leases;
using Holdfast.Ownership.Resets;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Holdfast.Transcripts;
using Holdfast.Turns.Control;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Holdfast.Functions.Tests;

/// <summary>
/// A session whose first message is accepted and no more: nobody has opened a turn in it, and all who look it up find it.
/// </summary>
public sealed class BeforeTheFirstTurnTests : IAsyncDisposable
{
    private const string Secret = "a signing secret";
    private const string CronKey = "agent:main:reports";

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly HoldfastConfiguration Configuration = new()
    {
        Agents = new Dictionary<string, AgentConfiguration>(),
        Models = new Dictionary<string, ModelConfiguration>(),
        Cron = new Dictionary<string, CronJobConfiguration>
        {
            ["job"] = new()
            {
                Name = "job",
                Schedule = new Schedule.At(DateTimeOffset.UnixEpoch),
                Agent = "main",
                Message = "do it",
                SessionKey = "reports",
                Deliver = new DeliveryTarget.None(),
            },
        },
    };

    private readonly ManualClock _clock = new();
    private readonly SimulatedEngine _engine = new();
    private readonly MemoryBlobStore _store;
    private readonly MemoryBlobContainer _blobs;
    private readonly SessionDirectory _sessions;
    private readonly ReceiptStore _receipts;
    private readonly InboxStore _inbox;
    private readonly TranscriptReader _reader;

    public BeforeTheFirstTurnTests()
    {
        _store = new MemoryBlobStore(_clock);
        _blobs = new MemoryBlobContainer(_store);
        _sessions = new SessionDirectory(_blobs, IdSource.System);
        _receipts = new ReceiptStore(_blobs);
        _inbox = new InboxStore(_blobs, _sessions, _receipts.ExistsAsync, NullLogger<InboxStore>.Instance);
        _reader = new TranscriptReader(_blobs, new ConversationCache(1024));
    }

    [Fact]
    public async Task Slack_WhenASecondMessageOfAThreadComesAtOnce_ItIsTaken()
    {
        (await SlackAsync("app_mention", "first", "1767225600.000100", null)).ShouldBeOfType<AcceptOutcome.Accepted>();

        (await SlackAsync("message", "and more", "1767225600.000200", "1767225600.000100")).ShouldBeOfType<AcceptOutcome.Accepted>();

        (await SlackAsync("message", "not ours", "1767225600.000300", "1767225600.000050")).ShouldBeNull("nobody named us in that thread");
        (await PendingAsync("agent:main:slack:channel:C1:thread:1767225600.000100")).ShouldBe(2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Slack_WhenTheFirstAcceptanceDiesBehindAWrite_TheSecondMessageIsTakenAndTheRepeatToo(int writes)
    {
        var dying = new MemoryBlobContainer(_store, new DeathBehind(writes));
        var acceptor =
            Acceptor(
                new InboxStore(
                    dying, new SessionDirectory(dying, IdSource.System), new ReceiptStore(dying).ExistsAsync,
                    NullLogger<InboxStore>.Instance));
        await Should.ThrowAsync<StorageUnavailableException>(() => SlackAsync("app_mention", "first", "1767225600.000100", null, acceptor));

        (await SlackAsync("message", "and more", "1767225600.000200", "1767225600.000100")).ShouldBeOfType<AcceptOutcome.Accepted>();
        (await SlackAsync("app_mention", "first", "1767225600.000100", null)).ShouldNotBeNull();

        (await PendingAsync("agent:main:slack:channel:C1:thread:1767225600.000100")).ShouldBe(2);
    }

    [Theory]
    [InlineData("slack")]
    [InlineData("cron")]
    public async Task Operators_WhenTheFirstMessageIsOnlyAccepted_FindTheSession(string source)
    {
        var key = await AcceptAsync(source);
        var context = new DefaultHttpContext();

        StatusOf(await new SessionFunction(_sessions, _inbox, _reader).StatusAsync(context.Request, key, _engine, None)).ShouldBe(200);
        StatusOf(await new TranscriptFunction(_sessions, _reader, _blobs).TranscriptAsync(context.Request, key, None)).ShouldBe(200);
        context.Response.Headers["Holdfast-Segment"].ToString().ShouldBe("0");
        StatusOf(await new LeaseBreakFunction(Breaker(), Signal()).RunAsync(RequestWith("""{"by":"anna"}"""), key, _engine, None))
            .ShouldBe(200);
        StatusOf(await new ResetFunction(Reset()).RunAsync(context.Request, key, None)).ShouldBe(200);
        (await _sessions.FindAsync(SessionKey.Parse(key), None)).ShouldNotBeNull().LifecycleRevision.ShouldBe(2);
        (await PendingAsync(key)).ShouldBe(1, "it is answered in the next session");
    }

    [Theory]
    [InlineData(null, null, 200)]
    [InlineData("bytes=0-", "0", 200)]
    [InlineData("bytes=10-", "0", 416)]
    [InlineData(null, "1", 404)]
    public async Task Transcript_WhenNothingIsWrittenYet_IsEmpty(string? range, string? segment, int status)
    {
        var key = await AcceptAsync("cron");
        var request = new DefaultHttpContext().Request;
        request.Headers.Range = range;
        request.QueryString = segment is null ? default : new QueryString("?segment=" + segment);

        StatusOf(await new TranscriptFunction(_sessions, _reader, _blobs).TranscriptAsync(request, key, None)).ShouldBe(status);
    }

    [Fact]
    public async Task Operators_WhenNoMessageCame_FindNothing()
    {
        const string Key = "agent:main:http:never";

        StatusOf(await new SessionFunction(_sessions, _inbox, _reader).StatusAsync(new DefaultHttpContext().Request, Key, _engine, None))
            .ShouldBe(404);
        StatusOf(await new TranscriptFunction(_sessions, _reader, _blobs).TranscriptAsync(new DefaultHttpContext().Request, Key, None))
            .ShouldBe(404);
        StatusOf(await new ResetFunction(Reset()).RunAsync(new DefaultHttpContext().Request, Key, None)).ShouldBe(404);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async Task<string> AcceptAsync(string source)
    {
        if (source == "cron")
        {
            await new CronTicker(
                new CronOptions([.. Configuration.Cron.Values], TimeSpan.FromMinutes(5)), _inbox, _receipts, _blobs, _clock,
                NullLogger<CronTicker>.Instance).TickAsync(Configuration.Cron["job"], None);
            return CronKey;
        }

        await SlackAsync("app_mention", "first", "1767225600.000100", null);
        return "agent:main:slack:channel:C1:thread:1767225600.000100";
    }

    /// <returns>What became of it; null when it was taken for none of ours.</returns>
    private async Task<AcceptOutcome?> SlackAsync(string type, string text, string ts, string? threadTs, MessageAcceptor? acceptor = null)
    {
        var thread = threadTs is null ? "" : $",\"thread_ts\":\"{threadTs}\"";
        var body = Encoding.UTF8.GetBytes(
            $$"""
            {"type":"event_callback","team_id":"T1","event_id":"Ev{{ts}}","event_time":1767225600,"event":{"type":"{{type}}",
             "channel_type":"channel","user":"U1","text":"{{text}}","ts":"{{ts}}","channel":"C1"{{thread}}} }
            """);
        var at = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"v0:{at}:"), .. body];
        var signature = "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), signed));
        var slack = new SlackOptions { Agent = "main", BotToken = new Secret("T", "xoxb-1"), SigningSecrets = [new Secret("S", Secret)] };
        var taken = new SlackWebhookReader(slack, _clock).Read(body, at, signature).ShouldBeOfType<WebhookOutcome.Accepted>();
        return await (acceptor ?? Acceptor(_inbox)).AcceptAsync(taken, _engine, None);
    }

    private async Task<int> PendingAsync(string key)
    {
        var pending = 0;
        await foreach (var _ in _inbox.ListAsync(SessionKey.Parse(key), None))
        {
            pending++;
        }

        return pending;
    }

    private MessageAcceptor Acceptor(InboxStore inbox) =>
        new(inbox, _sessions, Signal(), Configuration, _clock, NullLogger<MessageAcceptor>.Instance);

    private static SessionSignal Signal() => new(NullLogger<SessionSignal>.Instance);

    private LeaseBreaker Breaker() => new(_blobs, _reader, _sessions, _inbox, IdSource.System, _clock, NullLogger<LeaseBreaker>.Instance);

    private SessionReset Reset() =>
        new(_blobs, _sessions, IdSource.System, Options.Create(new LeaseOptions()), _clock, NullLogger<SessionReset>.Instance);

    private static HttpRequest RequestWith(string body)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return request;
    }

    private static int StatusOf(IResult result) => (result as IStatusCodeHttpResult)?.StatusCode ?? 200;

    /// <summary>A process that is gone as soon as its write of this number stands.</summary>
    private sealed class DeathBehind(int writes) : IBlobGate
    {
        private int _left = writes;

        public ValueTask BeforeAsync(BlobCall blobCall) =>
            _left > 0 ? default : throw new StorageUnavailableException("The process is gone.");

        public ValueTask AfterAsync(BlobCall blobCall) =>
            blobCall.Verb == BlobVerb.Create && --_left == 0 ? throw new StorageUnavailableException("The process is gone.") : default;
    }
}
