using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.Audit;
using Holdfast.Models;
using Holdfast.Tests.Turns;
using Holdfast.Transcripts;
using Shouldly;

namespace Holdfast.Tests.Audit;

/// <summary>
/// A transcript that the real turn code left, line by line, to be corrupted in one place. Two turns: the first with an attempt that
/// failed, a tool call and an answer, the second with an answer; each answer was streamed before.
/// </summary>
internal sealed record AuditSample(ImmutableList<JsonObject> Lines, OwnershipMetadata Claim)
{
    private static readonly Lazy<AuditSample> Valid = new(Make);

    public static AuditSample TwoTurns => Valid.Value with { Lines = [.. Valid.Value.Lines.Select(Copy)] };

    /// <summary>Hashes of what waits in the inbox; null as with a file.</summary>
    public ImmutableHashSet<string>? Pending { get; init; }

    public static string FirstRun => TurnFixture.RunOf("m1").Value;

    public static string SecondRun => TurnFixture.RunOf("m2").Value;

    public static bool IsRole(JsonObject line, string role) => (string?)line["message"]?["role"] == role;

    public static bool IsType(JsonObject line, string type) => (string?)line["type"] == type;

    public static bool IsStub(JsonObject line) => (string?)line["message"]?["stopReason"] is "error";

    public static bool IsAnswer(JsonObject line) => IsRole(line, "assistant") && !IsStub(line);

    /// <summary>Changes the n-th line of a kind.</summary>
    public AuditSample With(Func<JsonObject, bool> which, Action<JsonObject> change, int number = 0)
    {
        var index = IndexOf(which, number);
        var line = Copy(Lines[index]);
        change(line);
        return this with { Lines = Lines.SetItem(index, line) };
    }

    public AuditSample Without(Func<JsonObject, bool> which, int number = 0) => Chained(Lines.RemoveAt(IndexOf(which, number)));

    /// <summary>Puts a line behind the n-th of a kind, with its parent set right.</summary>
    public AuditSample Insert(Func<JsonObject, bool> behind, JsonObject line, int number = 0) =>
        Chained(Lines.Insert(IndexOf(behind, number) + 1, line));

    public AuditSample MovedBehind(Func<JsonObject, bool> which, Func<JsonObject, bool> behind, int number = 0)
    {
        var line = Lines[IndexOf(which, 0)];
        var rest = Lines.Remove(line);
        return Chained(rest.Insert(rest.IndexOf(rest.Where(behind).ElementAt(number)) + 1, line));
    }

    /// <summary>Only what stands before the n-th line of a kind.</summary>
    public AuditSample Before(Func<JsonObject, bool> which, int number = 0) =>
        this with { Lines = Lines.GetRange(0, IndexOf(which, number)) };

    /// <summary>Numbers each epoch's lines anew, so that only what was moved is wrong.</summary>
    public AuditSample Resequenced()
    {
        var counts = new Dictionary<string, int>();
        var lines = Lines.Select(Copy).ToList();
        foreach (var provenance in lines.Select(line => line["holdfast"]).Where(provenance => (string?)provenance?["source"] == "turn"))
        {
            var epoch = provenance!["epoch"]!.ToJsonString();
            provenance["seq"] = counts[epoch] = counts.GetValueOrDefault(epoch) + 1;
        }

        return this with { Lines = [.. lines] };
    }

    public JsonObject Line(Func<JsonObject, bool> which, int number = 0) => Copy(Lines[IndexOf(which, number)]);

    public byte[] Bytes() => Encoding.UTF8.GetBytes(string.Concat(Lines.Select(line => line.ToJsonString() + "\n")));

    /// <summary>Audits it as a file; with the claim as a blob.</summary>
    public AuditReport Audit(bool asBlob = false) => TranscriptAudit.Check(
        new SessionSegments(
            TurnFixture.Session, [new SegmentBytes(0, Bytes(), asBlob ? new SegmentProperties(Claim, IsSealed: false) : null)], Pending));

    /// <summary>The one fault that was to be found.</summary>
    public AuditFinding OnlyFault(bool asBlob = false)
    {
        var faults = Audit(asBlob).Faults.ToArray();
        return faults.ShouldHaveSingleItem(string.Join('\n', faults.Select(fault => fault.Sentence)));
    }

    public int IndexOf(Func<JsonObject, bool> which, int number = 0) => Lines.IndexOf(Lines.Where(which).ElementAt(number));

    private AuditSample Chained(ImmutableList<JsonObject> lines)
    {
        string? before = null;
        var chained = lines.Select((line, index) =>
        {
            var copy = Copy(line);
            if (index > 0)
            {
                copy["parentId"] = before;
                before = (string?)copy["id"];
            }

            return copy;
        });
        return this with { Lines = [.. chained] };
    }

    private static JsonObject Copy(JsonObject line) => (JsonObject)line.DeepClone();

    private static AuditSample Make()
    {
        AuditSample? made = null;
        TurnFixture.Run(async fixture =>
        {
            fixture.Agent = fixture.Agent with { Tools = [SimulatedTool.Saying("look", "seen")] };
            var wait = new Act.Wait(TimeSpan.FromSeconds(3));
            fixture.Model
                .Then(SimulatedModel.Delta("half an "), wait, new Act.Fail(ModelFailureKind.ServerError))
                .Then(SimulatedModel.Tools(("c1", "look", new { })))
                .Then(SimulatedModel.Delta("all "), wait, SimulatedModel.Delta("green"), wait, SimulatedModel.Stop())
                .Then(SimulatedModel.Delta("yes "), wait, SimulatedModel.Delta("indeed"), SimulatedModel.Stop());
            await fixture.AcceptAsync("m1", "is it green?");
            await fixture.PassAsync(TimeSpan.FromSeconds(10));
            await fixture.AcceptAsync("m2", "really?");
            (await new SimulatedOrchestration(fixture).RunAsync()).Count.ShouldBe(2);
            var lines = Encoding.UTF8.GetString(fixture.Bytes()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            made = new AuditSample([.. lines.Select(line => (JsonObject)JsonNode.Parse(line)!)], fixture.Claim().ShouldNotBeNull());
        });
        return made!;
    }

    internal static void Expect(AuditSample sample, FindingKind kind, string sentence, bool asBlob = false)
    {
        var fault = sample.OnlyFault(asBlob);
        fault.Kind.ShouldBe(kind);
        fault.Sentence.ShouldContain(sentence);
    }

    internal static JsonObject Question() => new()
    {
        ["type"] = "message",
        ["id"] = "foreign",
        ["timestamp"] = "2026-01-01T00:00:00Z",
        ["message"] = new JsonObject { ["role"] = "user", ["content"] = "from elsewhere" },
    };

    internal static JsonObject Custom(long epoch, string id, int seq) => new()
    {
        ["type"] = "custom",
        ["id"] = id,
        ["timestamp"] = "2026-01-01T00:00:00Z",
        ["customType"] = "note",
        ["holdfast"] = new JsonObject { ["runId"] = "side", ["attempt"] = 1, ["epoch"] = epoch, ["seq"] = seq, ["source"] = "side" },
    };

    internal static JsonObject Again(JsonObject line)
    {
        line["id"] = "again";
        return line;
    }

    internal static void Provenance(JsonObject line, string run, int attempt, long epoch)
    {
        line["holdfast"]!["runId"] = run;
        line["holdfast"]!["attempt"] = attempt;
        line["holdfast"]!["epoch"] = epoch;
    }
}
