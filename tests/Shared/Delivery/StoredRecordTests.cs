using System.Text.Json.Nodes;
using Holdfast.Channels.Schedules;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Tests.Support;
using Holdfast.Tests.Support.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Delivery;

/// <summary>
/// What earlier versions stored is read, and what is written has the same names: a record of each kind, as it stood before ids had types.
/// </summary>
public sealed class StoredRecordTests
{
    private const string Key = "agent:main:slack:direct:U1:thread:1716.2";
    private const string Session = "11111111111111111111111111111111";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TurnId Turn = DeliveryId.Parse("slack:T1:C1:1716.2").Turn;
    private static readonly DateTimeOffset At = new(2026, 11, 22, 15, 30, 1, TimeSpan.Zero);
    private readonly MemoryBlobContainer _blobs = new(new MemoryBlobStore(new ManualClock()));

    [Fact]
    public async Task OutboxRecord_AsItWas_IsReadAndWrittenTheSame()
    {
        var json = $$"""
            {"turnId":"{{Turn}}","runId":"{{Turn}}.2","sessionKey":"{{Key}}","ending":"Replied",
             "target":{"channel":"slack","channelId":"C1","threadTs":"1716.2"},"text":"an answer","state":"Delivered","attempts":2,
             "posted":["1716.3","1716.4"],"refusal":null,"sender":"n1","begunAt":"2026-11-22T15:30:01+00:00","retryAt":null}
            """;
        var (path, store) = (BlobPath.Parse($"outbox/{Turn}.json"), new OutboxStore(_blobs));
        await PutAsync(path, json);

        var found = (await store.FindAsync(Turn, None)).ShouldNotBeNull();

        (found.Record with { Posted = [] }).ShouldBe(new OutboxRecord(
            RunId.Parse($"{Turn}.2"), SessionKey.Parse(Key), TurnEnding.Replied, new ReplyTarget.Slack("C1", "1716.2"), "an answer")
        {
            State = OutboxState.Delivered,
            Attempts = 2,
            Posted = [],
            Sender = "n1",
            BegunAt = At,
        });
        found.Record.Posted.ShouldBe(["1716.3", "1716.4"]);
        await store.TryReplaceAsync(found, found.Record, None);
        await ShouldHoldAsync(path, json);
    }

    [Fact]
    public async Task Receipt_AsItWas_IsReadAndWrittenTheSameButForItsCountOfCalls()
    {
        var json = $$"""
            {"turnId":"{{Turn}}","runId":"{{Turn}}.1","sessionKey":"{{Key}}","sessionId":"{{Session}}","ending":"Undeliverable",
             "channel":"slack",
             "deliveredAs":["1716.3"],"acceptedAt":"2026-11-22T15:30:01+00:00","finishedAt":"2026-11-22T15:30:01+00:00",
             "tally":{"claims":1,"deltas":2,"characters":3,"toolCalls":4,"storageCalls":5,"verdicts":{"own":2}
             }
             }
            """;
        var (path, store) = (BlobPath.Parse($"receipts/{Turn}.json"), new ReceiptStore(_blobs));
        await PutAsync(path, json);

        var found = (await store.FindAsync(Turn, None)).ShouldNotBeNull();

        (found.TurnId, found.RunId, found.SessionKey.Value, found.SessionId.Value).ShouldBe((Turn, RunId.First(Turn), Key, Session));
        (found.Ending, found.Channel, found.AcceptedAt, found.FinishedAt, found.Tally.Claims)
            .ShouldBe((TurnEnding.Undeliverable, "slack", At, At, 1));
        found.DeliveredAs.ShouldBe(["1716.3"]);
        await TakeAwayAsync(path);
        await store.CreateAsync(found, None);
        await ShouldHoldAsync(path, json.Replace("\"storageCalls\":5,", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InboundMessage_AsItWas_IsReadAndWrittenTheSame()
    {
        var json = $$"""
            {"deliveryId":"slack:T1:C1:1716.2","sessionKey":"{{Key}}","agentId":"main","text":"hi","priority":"User",
             "acceptedAt":"2026-11-22T15:30:01+00:00","replyTo":{"channel":"github","owner":"o","repository":"r","number":7},
             "receivedAt":null}
            """;
        var sessions = new SessionDirectory(_blobs, IdSource.System);
        var inbox = new InboxStore(_blobs, sessions, new ReceiptStore(_blobs).ExistsAsync, NullLogger<InboxStore>.Instance);
        var path = InboxItem.PathOf(SessionKey.Parse(Key).Hash, At, InboxKind.Message, Turn.Value);
        await PutAsync(path, json);

        var found = (await inbox.ReadMessageAsync(path, None)).ShouldNotBeNull();

        found.ShouldBe(new InboundMessage(
            DeliveryId.Parse("slack:T1:C1:1716.2"), SessionKey.Parse(Key), "hi", MessagePriority.User, At,
            new ReplyTarget.GitHub("o", "r", 7)));
        await TakeAwayAsync(path);
        await inbox.AcceptAsync(found, None);
        await ShouldHoldAsync(path, json);
    }

    [Fact]
    public async Task SessionRecord_AsItWas_IsReadAndWrittenTheSame()
    {
        var json = $$"""
            {"sessionKey":"{{Key}}","sessionId":"{{Session}}","lifecycleRevision":2,"activeSegment":0,
             "ended":{"sessionId":"22222222222222222222222222222222","segment":4}
             }
            """;
        var (key, sessions) = (SessionKey.Parse(Key), new SessionDirectory(_blobs, IdSource.System));
        var path = BlobPath.Parse($"keys/{key.Hash}.json");
        await PutAsync(path, json);

        var found = (await sessions.FindAsync(key, None)).ShouldNotBeNull();

        found.ShouldBe(new SessionRecord(key, SessionId.Parse(Session), 2, 0)
        {
            Ended = new SessionPlace(SessionId.Parse("22222222222222222222222222222222"), 4),
        });
        await sessions.AdvanceAsync(key, found.SessionId, 1, None);
        await ShouldHoldAsync(path, json.Replace("\"activeSegment\":0", "\"activeSegment\":1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("""{"sessionKey":"no key","sessionId":"11111111111111111111111111111111","lifecycleRevision":1,"activeSegment":0}""")]
    [InlineData("""{"sessionKey":"agent:main:a","sessionId":"no id","lifecycleRevision":1,"activeSegment":0}""")]
    [InlineData("""{"sessionKey":"agent:main:a","sessionId":null,"lifecycleRevision":1,"activeSegment":0}""")]
    public async Task SessionRecord_WhenItCannotBeRead_IsSaidToBeNone(string json)
    {
        var key = SessionKey.Parse(Key);
        await PutAsync(BlobPath.Parse($"keys/{key.Hash}.json"), json);

        await Should.ThrowAsync<InvalidDataException>(() => new SessionDirectory(_blobs, IdSource.System).FindAsync(key, None));
    }

    [Theory]
    [InlineData("\"agent:main:cron:daily\"", "agent:main:cron:daily", false)]
    [InlineData("null", null, false)]
    [InlineData("\"no key\"", null, true)]
    public async Task CronState_AsItWas_IsReadAndAnUnreadableKeyMakesItAGuess(string lastRunKey, string? expected, bool isGuess)
    {
        await PutAsync(
            BlobPath.Parse("schedules/daily.json"),
            $$"""
            {"job":"daily","lastDueAt":"2026-11-22T15:30:01+00:00","lastRunAt":"2026-11-22T15:30:01+00:00",
             "lastRunKey":{{lastRunKey}}}
            """);

        var found = (await new CronStateStore(_blobs).FindAsync("daily", At, None)).ShouldNotBeNull();

        (found.State.LastDueAt, found.State.LastRunKey?.Value, found.IsGuess).ShouldBe((At, expected, isGuess));
    }

    private Task<BlobWriteOutcome> PutAsync(BlobPath path, string json) =>
        _blobs.CreateAsync(path, System.Text.Encoding.UTF8.GetBytes(json), None);

    private async Task TakeAwayAsync(BlobPath path) =>
        await _blobs.DeleteAsync(path, (await _blobs.ReadAsync(path, 0, 0, None))!.ETag, None);

    private async Task ShouldHoldAsync(BlobPath path, string json)
    {
        var stored = JsonNode.Parse((await _blobs.ReadAsync(path, 0, null, None))!.Content.Span);
        JsonNode.DeepEquals(stored, JsonNode.Parse(json)).ShouldBeTrue(stored!.ToJsonString());
    }
}
