using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Holdfast.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>What the app tells of a session.</summary>
public sealed class TranscriptTests(RunningFixture fixture)
{
    [Fact]
    public async Task Transcript_WhenReadWholeAndByRanges_GivesTheSameBytes()
    {
        const string Key = "agent:main:http:ranged";
        await fixture.ReceiptAsync(await fixture.PostAsync(Key, "first ranged words"));

        var whole = await fixture.App.TranscriptAsync(Key);
        var bytes = await whole.Content.ReadAsByteArrayAsync();
        var head = await fixture.App.TranscriptAsync(Key, "bytes=0-9");
        var tail = await fixture.App.TranscriptAsync(Key, "bytes=10-");

        (whole.StatusCode, whole.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.OK, "application/x-ndjson"));
        whole.Headers.AcceptRanges.ShouldBe(["bytes"]);
        (head.StatusCode, tail.StatusCode).ShouldBe((HttpStatusCode.PartialContent, HttpStatusCode.PartialContent));
        byte[] joined = [.. await head.Content.ReadAsByteArrayAsync(), .. await tail.Content.ReadAsByteArrayAsync()];
        joined.ShouldBe(bytes);
        ContentRange(head).ShouldBe(string.Create(CultureInfo.InvariantCulture, $"bytes 0-9/{bytes.Length}"));
        ContentRange(tail).ShouldBe(string.Create(CultureInfo.InvariantCulture, $"bytes 10-{bytes.Length - 1}/{bytes.Length}"));
        whole.Headers.ETag.ShouldNotBeNull();
        head.Headers.ETag.ShouldBe(whole.Headers.ETag);
        var lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Type(lines[0]).ShouldBe("session");
        lines.Skip(1).Select(Type).ShouldContain("message");
    }

    [Fact]
    public async Task Transcript_WhenTheSessionGoesOn_OnlyGrowsAndChangesItsTag()
    {
        const string Key = "agent:main:http:growing";
        await fixture.ReceiptAsync(await fixture.PostAsync(Key, "some growing words"));
        var before = await fixture.App.TranscriptAsync(Key);
        var length = (await before.Content.ReadAsByteArrayAsync()).Length;

        await fixture.ReceiptAsync(await fixture.PostAsync(Key, "more growing words"));

        var after = await fixture.App.TranscriptAsync(Key);
        (await after.Content.ReadAsByteArrayAsync()).Take(length).ShouldBe(await before.Content.ReadAsByteArrayAsync());
        after.Headers.ETag.ShouldNotBe(before.Headers.ETag);
        var news = await fixture.App.TranscriptAsync(Key, $"bytes={length}-");
        (await news.Content.ReadAsStringAsync()).ShouldContain("more growing words");
    }

    [Theory]
    [InlineData("bytes=-5")]
    [InlineData("bytes=9-3")]
    [InlineData("bytes=1-2,4-5")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=99999999-")]
    public async Task Transcript_WhenTheRangeIsNone_Answers416(string range)
    {
        const string Key = "agent:main:http:out-of-range";
        await fixture.ReceiptAsync(await AppFixture.TurnOfAsync(await AppFixture.PostAsync(fixture.App, Key, "ranged", "one-for-all")));

        var answer = await fixture.App.TranscriptAsync(Key, range);

        ((int)answer.StatusCode).ShouldBe(416);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.JsonAsync()).GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task Session_WhenATurnIsOver_ShowsItsStateAndOwner()
    {
        const string Key = "agent:main:http:shown";
        var receipt = await fixture.ReceiptAsync(await fixture.PostAsync(Key, "shown words"));

        var session = await (await fixture.App.SessionAsync(Key)).JsonAsync();

        session.GetProperty("sessionKey").GetString().ShouldBe(Key);
        session.GetProperty("sessionId").GetString().ShouldBe(receipt.SessionId.Value);
        session.GetProperty("pendingMessages").GetInt32().ShouldBe(0);
        var length = (await (await fixture.App.TranscriptAsync(Key)).Content.ReadAsByteArrayAsync()).Length;
        session.GetProperty("transcript").GetProperty("length").GetInt32().ShouldBe(length);
        var owner = session.GetProperty("owner");
        owner.GetProperty("runId").GetString().ShouldBe(receipt.RunId.Value);
        (owner.GetProperty("attempt").GetInt32(), owner.GetProperty("epoch").GetInt64()).ShouldBe((1, 1));
        session.GetProperty("orchestration").GetProperty("id").GetString().ShouldBe(AppCalls.InstanceOf(Key));
    }

    [Fact]
    public async Task Messages_WhenAccepted_AnswerWithLinksThatWork()
    {
        const string Key = "agent:main:http:linked";
        var answer = await AppFixture.PostAsync(fixture.App, Key, "linked words");
        var links = await answer.JsonAsync();
        await fixture.ReceiptAsync(await AppFixture.TurnOfAsync(answer));

        answer.Headers.Location!.ToString().ShouldBe(links.GetProperty("StatusQueryGetUri").GetString());
        var status = await (await fixture.App.Http.GetAsync(answer.Headers.Location)).JsonAsync();
        status.GetProperty("instanceId").GetString().ShouldBe(links.GetProperty("Id").GetString());
        links.GetProperty("SessionKey").GetString().ShouldBe(Key);
    }

    private static string ContentRange(HttpResponseMessage answer) => answer.Content.Headers.ContentRange!.ToString();

    private static string? Type(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("type").GetString();
    }
}
