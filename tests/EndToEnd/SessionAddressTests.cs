using System.Net.Http.Json;
using Holdfast.Harness;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>
/// Keys that differ in an escape alone are two sessions, by each address that has a key in it: over sockets, through the host and the
/// worker, as only they together show how often an address is decoded.
/// </summary>
public sealed class SessionAddressTests(RunningFixture fixture)
{
    private static readonly string[] Keys =
    [
        "agent:main:http:address:a%3Ab", "agent:main:http:address:a:b", "agent:main:http:address:a%253Ab", "agent:main:http:address:a/b",
        "agent:main:http:address:a/b/..", "agent:main:http:address:a%20b", "agent:main:http:address:50%", "agent:main:http:address:%41+~#",
    ];

    [Fact]
    public async Task Routes_WhenKeysDifferInAnEscape_EachReachesItsOwnSession()
    {
        foreach (var key in Keys)
        {
            var answer = await AppFixture.PostAsync(fixture.App, key, $"to {key}.");
            ((int)answer.StatusCode).ShouldBe(202, key);
            (await answer.JsonAsync()).GetProperty("SessionKey").GetString().ShouldBe(key);
            await fixture.ReceiptAsync(await AppFixture.TurnOfAsync(answer));
        }

        var ids = await IdsAsync();
        ids.Values.Distinct().Count().ShouldBe(Keys.Length, "each key is a session of its own");
        foreach (var key in Keys)
        {
            var transcript = await (await fixture.App.TranscriptAsync(key)).Content.ReadAsByteArrayAsync();
            TranscriptLineParser.Parse(transcript).Entries.Said().ShouldBe([$"to {key}."]);
            (await ShownAsync(fixture.App.Http.PostAsJsonAsync(At(key, "/lease/break"), new { by = "anna" }))).ShouldBe(key);
        }
    }

    [Fact]
    public async Task Reset_WhenAnotherKeyIsTheSameDecoded_LeavesThatAlone()
    {
        string[] keys =
        [
            "agent:main:http:reset-address:a%3Ab", "agent:main:http:reset-address:a:b", "agent:main:http:reset-address:a%253Ab",
        ];
        foreach (var key in keys)
        {
            await fixture.ReceiptAsync(await fixture.PostAsync(key, "hello"));
        }

        (await ShownAsync(fixture.App.Http.PostAsync(At(keys[0], "/reset"), null))).ShouldBe(keys[0]);

        var revisions = new List<int>();
        foreach (var key in keys)
        {
            revisions.Add((await (await fixture.App.SessionAsync(key)).JsonAsync()).GetProperty("lifecycleRevision").GetInt32());
        }

        revisions.ShouldBe([2, 1, 1]);
    }

    [Fact]
    public async Task Status_OfTheCommand_AsksForTheKeyThatItWasGiven()
    {
        string[] keys =
        [
            "agent:main:http:command-address:a%3Ab", "agent:main:http:command-address:a:b", "agent:main:http:command-address:a/b",
        ];
        foreach (var key in keys)
        {
            await fixture.ReceiptAsync(await fixture.PostAsync(key, "hello"));
            var command = await HoldfastCommand.RunAsync(
                "status", key, "--url", fixture.App.Http.BaseAddress!.ToString(), "--function-key", fixture.App.Key);

            command.Lines.ShouldContain($"session        {key}");
        }
    }

    private async Task<IReadOnlyDictionary<string, string?>> IdsAsync()
    {
        var ids = new Dictionary<string, string?>();
        foreach (var key in Keys)
        {
            var session = await (await fixture.App.SessionAsync(key)).JsonAsync();
            session.GetProperty("sessionKey").GetString().ShouldBe(key);
            ids[key] = session.GetProperty("sessionId").GetString();
        }

        return ids;
    }

    private static string At(string key, string below) => $"api/sessions/{Uri.EscapeDataString(key)}{below}";

    private static async Task<string?> ShownAsync(Task<HttpResponseMessage> asked)
    {
        var answer = await asked;
        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
        return (await answer.JsonAsync()).GetProperty("sessionKey").GetString();
    }
}
