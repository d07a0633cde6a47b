using System.Globalization;
using Holdfast.Audit;
using Holdfast.Delivery;
using Holdfast.Harness;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Transcripts;

namespace Holdfast.Demo.Showing;

/// <summary>Whether a scene ended as it must: by its receipt, by the platform's own records, by its transcript.</summary>
internal sealed class SceneChecks(AppFixture fixture, bool isScripted)
{
    /// <returns>The transcript's copy, and a sentence per fault.</returns>
    public async Task<(string File, IReadOnlyList<string> Faults)> CheckAsync(Scene scene, Receipt receipt)
    {
        var faults = new List<string>();
        var delivery = await fixture.Outbox.FindAsync(scene.Turn, CancellationToken.None);
        var text = delivery?.Record.Text ?? "";
        faults.AddRange(OfReceipt(scene, receipt));
        faults.AddRange(delivery is null ? ["nothing stands in the outbox"] : OfDelivery(receipt, delivery.Record));
        var (file, content) = await DemoFolder.CopyTranscriptAsync(fixture, scene.Name.ToLowerInvariant(), await TranscriptOfAsync(scene));
        faults.AddRange(TranscriptChecks.Check(content, new TranscriptExpectation(scene.Turn, text)));
        return (file, [.. faults.Select(fault => $"{scene.Name}: {fault}")]);
    }

    /// <summary>The audit of a scene's whole session; its faults are among those of <see cref="CheckAllAsync"/>.</summary>
    public async Task<AuditReport> AuditAsync(Scene scene)
    {
        var session = (await RecordOfAsync(scene)).SessionId;
        return await new SessionAudit(fixture.Blobs).AuditAsync(session, CancellationToken.None)
            ?? throw new InvalidDataException($"Session {session} has no transcript.");
    }

    /// <summary>What no single scene can see: that there is nothing besides what the scenes left.</summary>
    public async Task<IReadOnlyList<string>> CheckAllAsync(IReadOnlyList<Scene> scenes)
    {
        var faults = new List<string>();
        Expect("receipts", (await fixture.ListAsync("receipts/")).Count, scenes.Count);
        Expect("messages left in the inbox", (await fixture.ListAsync("inbox/")).Count, 0);
        if (isScripted)
        {
            Expect("requests at the model", fixture.Bedrock.Requests.Count, scenes.Sum(scene => scene.ModelCalls));
        }

        return [.. faults, .. await fixture.AuditAsync()];

        void Expect(string what, int found, int expected)
        {
            if (found != expected)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {found}, expected {expected}"));
            }
        }
    }

    private IEnumerable<string> OfReceipt(Scene scene, Receipt receipt)
    {
        if (receipt.Ending != TurnEnding.Replied)
        {
            yield return $"the turn ended as {receipt.Ending}, not with a reply";
        }

        if (receipt.SessionKey != scene.SessionKey)
        {
            yield return $"the receipt names the session {receipt.SessionKey}, expected {scene.SessionKey}";
        }

        if (isScripted && receipt.Tally.Deltas != scene.Deltas)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{receipt.Tally.Deltas} deltas arrived, expected {scene.Deltas}");
        }

        foreach (var (verdict, count) in receipt.Tally.Verdicts.Where(verdict => verdict.Key is not ("clean" or "own" or "benign")))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"the fence judged {verdict} {count} times, although nobody else was there");
        }
    }

    /// <summary>Once: the platform holds what the receipt names, in that order, and nothing besides.</summary>
    private IEnumerable<string> OfDelivery(Receipt receipt, OutboxRecord delivery)
    {
        var posts = Delivered.Of(fixture, receipt, delivery).Posts;
        if (receipt.DeliveredAs.IsEmpty || !posts.Select(post => post.Id).SequenceEqual(receipt.DeliveredAs))
        {
            yield return $"the platform holds the posts [{string.Join(", ", posts.Select(post => post.Id))}], the receipt names "
                + $"[{string.Join(", ", receipt.DeliveredAs)}]";
        }

        // A reply in several parts was cut at blanks; put together it has another shape.
        if (posts.Count == 1 && posts[0].Text != delivery.Text)
        {
            yield return "what the platform holds is not the text of the outbox";
        }
    }

    private async Task<BlobPath> TranscriptOfAsync(Scene scene)
    {
        var record = await RecordOfAsync(scene);
        return TranscriptPaths.Segment(record.SessionId, record.ActiveSegment);
    }

    private async Task<SessionRecord> RecordOfAsync(Scene scene) =>
        await fixture.Sessions.FindAsync(scene.SessionKey, CancellationToken.None)
            ?? throw new InvalidDataException($"There is no session {scene.SessionKey}.");
}
