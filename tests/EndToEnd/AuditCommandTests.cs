using System.Buffers;
using System.Text.Json;
using Holdfast.Harness;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary><c>holdfast audit</c> as people run it: its exit codes, its sentences, its JSON.</summary>
public sealed class AuditCommandTests(RunningFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-audit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Audit_WhenAContainerIsWhole_EndsWith0AndALineForEachSession()
    {
        var (key, session) = await AnsweredAsync("audit-whole");

        var all = await HoldfastCommand.RunAsync("audit", "--storage", fixture.AppFixture.Azurite.ConnectionString);
        var one = await HoldfastCommand.RunAsync("audit", "--storage", fixture.AppFixture.Azurite.ConnectionString, "--session", key);

        all.ExitCode.ShouldBe(0, all.Text);
        all.Text.ShouldContain($"ok     sessions/{session}  segments 1,");
        one.ExitCode.ShouldBe(0, one.Text);
        one.Lines.ShouldBe(
            [
                $"ok     sessions/{session}  segments 1, entries {EntriesOf(one.Lines[0])}, runs 1, epochs 1",
                "sessions 1, faults 0, notes 0",
            ]);
    }

    [Fact]
    public async Task Audit_WhenADownloadedTreeHoldsACorruptedTranscript_EndsWith1AndSaysWhere()
    {
        var (_, session) = await AnsweredAsync("audit-torn");
        var whole = await DownloadAsync(session);
        var corrupted = Path.Combine(_folder, "sessions", new string('5', 32), "transcript-000000.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(corrupted)!);
        await File.WriteAllBytesAsync(corrupted, (await File.ReadAllBytesAsync(whole))[..^9]);

        var tree = await HoldfastCommand.RunAsync("audit", Path.Combine(_folder, "sessions"));

        tree.ExitCode.ShouldBe(1, tree.Text);
        tree.Text.ShouldContain("the last line is cut off: it has no line feed");
        tree.Text.ShouldContain($"the header names session {session}; the segment belongs to {new string('5', 32)}");
        tree.Lines[^1].ShouldStartWith("sessions 2, faults 2, notes 0");
        (await HoldfastCommand.RunAsync("audit", whole)).ExitCode.ShouldBe(0, "the other session of the tree is whole");
    }

    [Fact]
    public async Task Audit_WithJson_PrintsTheDocumentedShape()
    {
        var line = new ArrayBufferWriter<byte>();
        TranscriptLineWriter.WriteHeader(line, SessionId.Parse(new string('6', 32)), 3, DateTimeOffset.UnixEpoch);
        var file = Path.Combine(_folder, "odd.jsonl");
        await File.WriteAllBytesAsync(file, line.WrittenMemory);

        var run = await HoldfastCommand.RunAsync("audit", "--json", file);

        run.ExitCode.ShouldBe(1, run.Text);
        using var json = JsonDocument.Parse(run.Text);
        json.RootElement.EnumerateObject().Select(property => property.Name).ShouldBe(["sessions", "faults", "notes"]);
        var session = json.RootElement.GetProperty("sessions")[0];
        session.EnumerateObject().Select(property => property.Name).ShouldBe(["session", "source", "isClean", "totals", "findings"]);
        session.GetProperty("totals").EnumerateObject().Select(property => property.Name).ShouldBe(
            [
                "segments", "bytes", "entries", "messages", "answers", "failures", "streamedParts", "toolCalls", "verdicts", "runs",
                "epochs", "beside", "unnamed",
            ]);
        session.GetProperty("findings")[0].ToString().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal).ShouldBe(
            """{"kind":"brokenSegments","segment":0,"line":1,"position":0,"entryId":null,"sentence":"theheadercallsitselfsegment3","isFault":true,"promise":"I6"}""");
    }

    [Theory]
    [InlineData("Give a path, or --storage or --account-url.")]
    [InlineData("There is no nowhere.", "nowhere")]
    [InlineData("holds no transcript (*.jsonl).", ".")]
    [InlineData("Give paths or a storage account, not both.", ".", "--storage", "UseDevelopmentStorage=true")]
    [InlineData("A connection string reads Name=value;Name=value.", "--storage", "nonsense")]
    [InlineData(
        "Set exactly one of ConnectionString and BlobServiceUri.", "--storage", "A=b", "--account-url", "https://x.blob.core.windows.net")]
    [InlineData("A token travels only over https.", "--account-url", "http://127.0.0.1:1")]
    [InlineData("elsewhere is no address", "--account-url", "elsewhere")]
    [InlineData("--session picks from a storage account", ".", "--session", "agent:main:x")]
    [InlineData("--sesion", "--sesion")]
    public async Task Audit_WhenItCannotReadWhatItIsGiven_EndsWith2AndASentence(string sentence, params string[] arguments)
    {
        var run = await HoldfastCommand.RunInAsync(_folder, ["audit", .. arguments]);

        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain(sentence);
    }

    [Fact]
    public async Task Tail_WhenTheAddressIsGiven_ReadsThere()
    {
        var (key, _) = await AnsweredAsync("audit-tail");

        var run = await HoldfastCommand.RunAsync(
            "tail", "--once", "--url", fixture.App.Http.BaseAddress!.ToString(), "--function-key", fixture.App.Key, key);

        run.ExitCode.ShouldBe(0, run.Text);
        run.Text.ShouldContain("assistant  all green");
    }

    [Theory]
    [InlineData("neither a session id nor a session key", "--session", "x")]
    [InlineData("There is no session agent:main:http:nobody.", "--session", "agent:main:http:nobody")]
    [InlineData("has no transcript in container holdfast", "--session", "99999999999999999999999999999999")]
    [InlineData("container does not exist", "--container", "nothing-here")]
    public async Task Audit_WhenTheStorageHoldsNoSuchThing_EndsWith2AndASentence(string sentence, params string[] arguments)
    {
        var run = await HoldfastCommand.RunAsync(["audit", "--storage", fixture.AppFixture.Azurite.ConnectionString, .. arguments]);

        run.ExitCode.ShouldBe(2, run.Text);
        run.Text.ShouldContain(sentence);
    }

    private async Task<(string Key, string Session)> AnsweredAsync(string name)
    {
        var key = "agent:main:http:" + name;
        fixture.Model.Play(name, Peers.Bedrock.BedrockScript.Saying("all green"));
        await fixture.ReceiptAsync(await fixture.PostAsync(key, name));
        return (
            key,
            (await fixture.AppFixture.Sessions.FindAsync(SessionKey.Parse(key), CancellationToken.None)).ShouldNotBeNull().SessionId.Value);
    }

    private async Task<string> DownloadAsync(string session)
    {
        var snapshot = await fixture.AppFixture.Blobs.ReadAsync(
            TranscriptPaths.Segment(SessionId.Parse(session), 0), 0, null, CancellationToken.None);
        var file = Path.Combine(_folder, "sessions", session, "transcript-000000.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, snapshot.ShouldNotBeNull().Content);
        return file;
    }

    private static string EntriesOf(string line) => line.Split("entries ")[1].Split(',')[0];
}
