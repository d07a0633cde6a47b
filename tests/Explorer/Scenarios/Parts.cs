using System.Buffers;
using Holdfast.Inbox;
using Holdfast.Storage;
using Holdfast.Tests.Explorer.Checks;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Control;
using Holdfast.Turns.Steps;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>The parts that actors play, each in the order in which the app's orchestration would call the same code.</summary>
internal sealed class Parts(Prepared prepared, PartSettings settings)
{
    /// <summary>A session that is busy is asked for again so often; then nobody serves the message.</summary>
    private const int MaxRounds = 12;

    /// <summary>The deployment of all actors that do not bring their own.</summary>
    public const string OneDeployment = "one";

    private static readonly TimeSpan ComeBackAfter = TimeSpan.FromSeconds(15);

    /// <summary>
    /// One model step of a turn. Busy is asked again and a run that was taken over is queued again once, as the orchestration does.
    /// </summary>
    public Role Step(string name, int turn) => new(name, async (world, actor, log) =>
    {
        var process = new ProcessOf(world, actor, log, settings);
        var reference = prepared.Turns[turn];
        for (var round = 0; round < MaxRounds; round++)
        {
            var note = await process.StepAsync(reference);
            switch (note.Ending)
            {
                case StepEnding.Busy:
                    await Task.Delay(ComeBackAfter, process.Clock, CancellationToken.None);
                    break;
                case StepEnding.SessionEnded:
                    reference = note.Reopened!;
                    break;
                case StepEnding.TakenOver when reference.RunId is { Number: 1 } run:
                    reference = reference with { RunId = run.Next() };
                    break;
                default:
                    return;
            }
        }

        world.Violate($"I3: {name} found the session busy {MaxRounds} times");
    });

    /// <summary>An operator's forced reset, by one request: nobody sends it again when it fails or its process dies.</summary>
    public Role Reset(string name) => new(
        name,
        async (world, actor, log) =>
        {
            var process = new ProcessOf(world, actor, log, settings);
            try
            {
                if (actor.Life == 0)
                {
                    await process.Deployment.Reset.ResetAsync(Prepared.Key, force: true, CancellationToken.None);
                }
            }
            catch (StorageUnavailableException)
            {
                // The endpoint answers 500. It happened or it did not: the seal says which.
            }
        },
        BreaksLeases: true);

    /// <summary>An operator who breaks the lease of whoever holds the session, by one request.</summary>
    public Role Break(string name) => new(
        name,
        async (world, actor, log) =>
        {
            var process = new ProcessOf(world, actor, log, settings);
            try
            {
                if (actor.Life == 0 && await process.Deployment.Breaker.BreakAsync(
                    Prepared.Key, "anna", CancellationToken.None) is LeaseBreakOutcome.Broken
                    && !TranscriptChecks.IsBreakNoted(world))
                {
                    world.Violate("I3: a lease was broken, and nothing says by whom");
                }
            }
            catch (StorageUnavailableException)
            {
                // The endpoint answers 500.
            }
        },
        BreaksLeases: true);

    /// <summary>The end of a turn whose answer stands.</summary>
    public Role Finish(string name) => new(name, (world, actor, log) =>
        new ProcessOf(world, actor, log, settings).FinishAsync(prepared.Turns[0]));

    /// <summary>A deployment that drains the inbox, by whole turns.</summary>
    public Role Drain(string name) => new(name, async (world, actor, log) =>
    {
        var process = new ProcessOf(world, actor, log, settings, deployment: name);
        for (var round = 0; round < MaxRounds; round++)
        {
            var course = await process.TurnAsync(new TurnCourse(Prepared.Key, name, null, IsTerminated: false));
            if (course.Next == TurnMove.ComeBackLater)
            {
                await Task.Delay(ComeBackAfter, process.Clock, CancellationToken.None);
            }
            else if (!course.HasMore)
            {
                return;
            }
        }

        world.Violate($"I3: {name} did not come to the end of its inbox in {MaxRounds} rounds");
    });

    /// <summary>A writer beside the turns: leaves an entry and writes it if no turn runs.</summary>
    public Role Side(string name) => new(name, async (world, actor, log) =>
    {
        var process = new ProcessOf(world, actor, log, settings);
        await log.RunAsync(actor, process.Clock, () =>
            process.Deployment.Inbox.AddSideEntryAsync(
                Prepared.Key, SideDelivery(name), Timeline.Start, SideLine(name), CancellationToken.None));
        for (var round = 0; round < 3; round++)
        {
            if (await log.RunAsync(
                actor, process.Clock,
                () => process.Deployment.SideWriter.FlushAsync(Prepared.Key, prepared.Session, CancellationToken.None)))
            {
                return;
            }

            await Task.Delay(ComeBackAfter, process.Clock, CancellationToken.None);
        }
    });

    /// <summary>
    /// Another program that knows the file's form and not our protocol: takes the lease when it is free and appends one line, once.
    /// </summary>
    public Role Outsider(string name, Func<TranscriptEntry> line) => new(name, async (world, actor, log) =>
    {
        var process = new ProcessOf(world, actor, log, settings);
        var path = TranscriptPaths.Segment(prepared.Session.SessionId, prepared.Session.ActiveSegment);
        await log.RunAsync(actor, process.Clock, async () =>
        {
            var lease = LeaseId.Parse(actor.NextId().ToString("D"));
            if (await process.Blobs.AcquireLeaseAsync(path, lease, TimeSpan.FromSeconds(15), CancellationToken.None) != LeaseOutcome.Held)
            {
                return false;
            }

            if (await process.Blobs.ReadAsync(path, 0, null, CancellationToken.None) is { Length: > 0 } seen
                && TranscriptLineParser.Parse(seen.Content).Entries is var entries && !entries.Any(entry => entry.Id == line().Id))
            {
                var bytes = new ArrayBufferWriter<byte>();
                TranscriptLineWriter.Write(bytes, line() with { ParentId = entries[^1].Id });
                await process.Blobs.AppendAsync(
                    path, bytes.WrittenMemory, new AppendCondition(seen.ETag, seen.Length, lease), CancellationToken.None);
            }

            await process.Blobs.ReleaseLeaseAsync(path, lease, CancellationToken.None);
            return true;
        });
    });

    /// <summary>A copy of something delivered elsewhere.</summary>
    public static TranscriptEntry Mirror() => Assistant("stop", new Provenance("other", 1, 0, 1, EntrySource.Mirror));

    /// <summary>Another program's late record of a failure: no content, the real provider and model, no author.</summary>
    public static TranscriptEntry Stub() => Assistant("error", null) with { Id = EntryId.Parse("stub") };

    /// <summary>What somebody asked, beside the inbox.</summary>
    public static TranscriptEntry Question() =>
        new TranscriptEntry.UserMessage([new ContentBlock.Text("and this?")])
        {
            Id = EntryId.Parse("question"),
            WrittenAt = Timeline.Start,
        };

    private static TranscriptEntry.AssistantMessage Assistant(
        string stop, Provenance? provenance) => new(stop == "error" ? [] : [new ContentBlock.Text("copy")])
        {
            Id = EntryId.Parse("copy"),
            WrittenAt = Timeline.Start,
            Provider = "amazon-bedrock",
            Model = "test.model",
            StopReason = stop,
            Provenance = provenance,
        };

    /// <summary>An endpoint that takes the same delivery in; its sender tries again until it is told that it was accepted.</summary>
    public Role Endpoint(string name) => new(name, async (world, actor, log) =>
    {
        var process = new ProcessOf(world, actor, log, settings);
        await log.RunAsync(actor, process.Clock, () => process.Deployment.Inbox.AcceptAsync(Prepared.MessageOf(1), CancellationToken.None));
    });

    /// <summary>An endpoint that takes the delivery in and then drains the inbox, as its signal would make the app do.</summary>
    public Role AcceptThenDrain(string name) => new(name, async (world, actor, log) =>
    {
        await Endpoint(name).RunAsync(world, actor, log);
        await Drain(name).RunAsync(world, actor, log);
    });

    public static DeliveryId SideDelivery(string name) => DeliveryId.Parse("side:" + name);

    private static ReadOnlyMemory<byte> SideLine(string name)
    {
        var line = new ArrayBufferWriter<byte>();
        TranscriptLineWriter.Write(line, new TranscriptEntry.Custom("announcement", "{}")
        {
            Id = EntryId.Parse(name),
            WrittenAt = Timeline.Start,
            Provenance = new Provenance("side-" + name, 1, 0, 1, EntrySource.Side),
        });
        return line.WrittenMemory;
    }
}
