using Holdfast.Inbox;
using Holdfast.Sessions;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Tests.Explorer.Scenarios;
using Holdfast.Transcripts;
using Holdfast.Turns.Steps;

namespace Holdfast.Tests.Explorer.Checks;

/// <summary>What must hold when every actor has come to its end. Each gives the first broken promise, or null.</summary>
internal static class EndChecks
{
    /// <summary>Steps alone: nothing was finished.</summary>
    public static string? Steps(Prepared prepared, World world) => Steps(prepared, world, isReset: false);

    private static string? Steps(Prepared prepared, World world, bool isReset) =>
        TranscriptChecks.Check(world)
        ?? Reports(world)
        ?? world.Witness.Steps.Where(note => note.Ending == StepEnding.Answered).Select(note => note.RunId.Turn).Distinct()
            .Select(turn => TranscriptChecks.Message(world, turn, isReset)).FirstOrDefault(fault => fault is not null);

    public static string? StepsAndSideEntries(Prepared prepared, World world) =>
        Steps(prepared, world) ?? SideEntries(world, "side1", "side2");

    public static string? StepsAndSideEntry(Prepared prepared, World world) => Steps(prepared, world) ?? SideEntries(world, "side1");

    /// <summary>Whole turns: each message reached its one outcome.</summary>
    public static string? Turns(Prepared prepared, World world) =>
        TranscriptChecks.Check(world)
        ?? Reports(world)
        ?? Queueing(world)
        ?? prepared.Turns.Select(turn => Outcome(world, turn.RunId.Turn)).FirstOrDefault(fault => fault is not null)
        ?? Pending(world);

    /// <summary>Side entries wait for the next look while the lease of a holder that died has not lapsed; nothing else waits.</summary>
    private static string? Pending(World world)
    {
        var rows = world.List("inbox/");
        return rows.Any(row => row.Path.Value.Contains("-m-", StringComparison.Ordinal))
            ? "I3: a message is still pending though its receipt stands"
            : rows.Count > 0 && !world.List("sessions/").Any(row => world.IsLeased(row.Path))
                ? "I3: a side entry is still pending though nobody holds the session"
                : null;
    }

    /// <summary>As <see cref="Turns"/>, for a message that the scenario itself takes in.</summary>
    public static string? TurnsOfOne(Prepared prepared, World world) =>
        TranscriptChecks.Check(world) ?? Reports(world) ?? Queueing(world) ?? Outcome(world, Prepared.DeliveryOf(1).Turn);

    /// <summary>As <see cref="Turns"/>, with one more message that the scenario itself takes in.</summary>
    public static string? TurnsAndLate(Prepared prepared, World world) =>
        Turns(prepared, world) ?? Outcome(world, Prepared.DeliveryOf(1).Turn);

    /// <summary>A reset among steps: each session is whole, and all but the key's own are closed.</summary>
    public static string? Reset(Prepared prepared, World world) => Steps(prepared, world, isReset: true) ?? Closed(world);

    /// <summary>A reset among whole turns: each message reached its one outcome, in whichever session.</summary>
    public static string? ResetOfTurns(Prepared prepared, World world) =>
        TranscriptChecks.Check(world)
        ?? Reports(world)
        ?? prepared.Turns.Select(turn => Outcome(world, turn.RunId.Turn, isReset: true)).FirstOrDefault(fault => fault is not null)
        ?? Closed(world);

    private static string? Closed(World world)
    {
        var record = new SessionDirectory(world.Raw, new IdSource(() => Guid.Empty))
            .FindAsync(Prepared.Key, CancellationToken.None)
            .GetAwaiter()
            .GetResult();
        return TranscriptChecks.Closed(world, record!.SessionId.Value);
    }

    private static string? Outcome(World world, TurnId turn, bool isReset = false)
    {
        var posts = world.Platform.Posts.Count(post => post.TurnId == turn.Value);
        if (world.List($"receipts/{turn.Value}").Count != 1)
        {
            return "I3: a turn has no receipt";
        }

        return posts == 1 ? TranscriptChecks.Message(world, turn, isReset) : $"I4: {posts} posts of one turn";
    }

    /// <summary>Where nothing fails deployments queue: none shoots down what another one is at.</summary>
    private static string? Queueing(World world) =>
        world.Faults == 0 && world.Witness.Steps.Any(note => note.Verdicts.Contains("superseded"))
            ? "I7: a run was shot down by another deployment, though nothing failed"
            : null;

    private static string? Reports(World world)
    {
        foreach (var note in world.Witness.Steps)
        {
            var turn = note.RunId.Turn;
            var isForeignClaimed = world.Witness.Claims.Skip(world.Witness.ClaimsBefore).Any(claim => claim.RunId != note.RunId.Value)
                || TranscriptChecks.EntriesOf(world).Any(entry => entry is TranscriptEntry.UserMessage { Provenance: null });
            var isTaken = note.Ending is StepEnding.TakenOver or StepEnding.Detached || note.Verdicts.Contains("takeover");
            var fault = note.Ending switch
            {
                StepEnding.Failed => $"I1: a step ended as {note.Failure} though its model answers",
                _ when isTaken && !isForeignClaimed => "I1: a takeover was found though nobody else claimed the session",
                StepEnding.TakenOver when note.ModelWasHeard => "I5: an answer was computed and thrown away",
                StepEnding.Answered when TranscriptChecks.CountOf(world, EntryId.OfStep(note.RunId, 0, "answer")) != 1 =>
                    "I3: a step reports an answer that does not stand",
                StepEnding.Detached when world.List($"outbox/{turn.Value}").Count != 1 => "I5: a detached answer is not in the outbox",
                _ => null,
            };
            if (fault is not null)
            {
                return $"{fault} ({note.Actor})";
            }
        }

        return null;
    }

    /// <summary>Each stands once, or waits in the inbox.</summary>
    private static string? SideEntries(World world, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var hash = Parts.SideDelivery(name).Hash;
            var pending = world.List("inbox/").Count(row => InboxItem.Parse(row)?.DeliveryHash == hash);
            var standing = TranscriptChecks.CountOf(world, EntryId.OfDelivery(hash));
            if (standing + pending == 0)
            {
                return $"I3: the entry of {name} is lost";
            }
        }

        return null;
    }
}
