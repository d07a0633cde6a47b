using Holdfast.Storage;
using Holdfast.Tests.Explorer.Checks;
using Holdfast.Tests.Explorer.Engine;
using Holdfast.Tests.Support.Blobs;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>The families that are explored.</summary>
internal static class Families
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseWithRenewal = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<string> Names { get; } =
        ["zombie", "shared-zombie", "foreign", "foreign-warn", "side", "deployments", "finish", "endpoints", "mirror", "stub", "question",
            "three", "two-messages", "late-message",
        "roll", "roll-foreign", "roll-side", "compaction", "compaction-side",
        "waiting", "orphan", "operator", "reset", "reset-turn"];

    public static Scenario Create(string name, Func<IBlobContainer, IBlobContainer>? wrap = null)
    {
        var usual = new PartSettings(ShortPause);
        var one = Prepared.With(messages: 1);
        var two = Prepared.With(messages: 2);
        return name switch
        {
            "zombie" =>
                Make(
                    name, "two executions of one step at once", one, EndChecks.Steps, wrap,
                    parts => [parts.Step("run", 0), parts.Step("zombie", 0)], usual),
            "shared-zombie" => Make(
                name, "the same in one process, with its cache and pauses after each call", one, EndChecks.Steps, wrap,
                parts => [parts.Step("run", 0), parts.Step("zombie", 0)], usual with { SharesProcess = true }),
            "foreign" => Make(
                name, "a run and the run of another message", two, EndChecks.Steps, wrap,
                parts => [parts.Step("run", 0), parts.Step("foreign", 1)], usual),
            "foreign-warn" => Make(
                name, "the same in fence mode warn", two, EndChecks.Steps, wrap,
                parts => [parts.Step("run", 0), parts.Step("foreign", 1)], usual with { GoesOnAfterTakeover = true }),
            "side" => Make(
                name, "a run and two writers beside it", one, EndChecks.StepsAndSideEntries, wrap,
                parts => [parts.Step("run", 0), parts.Side("side1"), parts.Side("side2")], new PartSettings(PauseWithRenewal)),
            "deployments" => Make(
                name, "two deployments drain one inbox, one message", one, EndChecks.Turns, wrap,
                parts => [parts.Drain("east"), parts.Drain("west")], usual),
            "finish" => Make(
                name, "a turn is finished twice at once", Prepared.Answered(), EndChecks.Turns, wrap,
                parts => [parts.Finish("finish"), parts.Finish("again")], usual),
            "endpoints" => Make(
                name, "one delivery comes through two endpoints while a turn serves it", Prepared.With(
                    messages: 0), EndChecks.TurnsOfOne, wrap,
                parts => [parts.AcceptThenDrain("endpoint"), parts.AcceptThenDrain("redelivery")], usual),
            "mirror" =>
                Make(
                    name, "a run and another program's mirror", one, EndChecks.Steps, wrap,
                    parts => [parts.Step("run", 0), parts.Outsider("mirror", Parts.Mirror)], usual),
            "stub" =>
                Make(
                    name, "a run and another run's late failure stub", one, EndChecks.Steps, wrap,
                    parts => [parts.Step("run", 0), parts.Outsider("stub", Parts.Stub)], usual),
            "question" => Make(
                name, "a run and another program's user message", one, EndChecks.Steps, wrap,
                parts => [parts.Step("run", 0), parts.Outsider("question", Parts.Question)], usual),
            "three" => Make(
                name, "a run, its zombie and the run of another message", two, EndChecks.Steps, wrap,
                parts => [parts.Step("run", 0), parts.Step("zombie", 0), parts.Step("foreign", 1)], usual),
            "two-messages" => Make(
                name, "two deployments drain one inbox, two messages", two, EndChecks.Turns, wrap,
                parts => [parts.Drain("east"), parts.Drain("west")], usual),
            "late-message" => Make(
                name, "a deployment at its turn, and one that takes in an older message and drains the inbox too", Prepared.WithNewer(),
                EndChecks.TurnsAndLate, wrap,
                parts => [parts.Drain("east"), parts.AcceptThenDrain("west")], usual),
            "roll" => Make(
                name, "two executions of one step at once, each append in a segment of its own", one, EndChecks.Steps, wrap,
                parts => [parts.Step("run", 0), parts.Step("zombie", 0)], usual with { RollAtBlocks = 1 }),
            "roll-foreign" => Make(
                name, "a run and the run of another message, each append in a segment of its own", two, EndChecks.Steps, wrap,
                parts => [parts.Step("run", 0), parts.Step("foreign", 1)], usual with { RollAtBlocks = 1 }),
            "roll-side" => Make(
                name, "a run that rolls and a writer beside it", one, EndChecks.StepsAndSideEntry, wrap,
                parts => [parts.Step("run", 0), parts.Side("side1")], new PartSettings(PauseWithRenewal, RollAtBlocks: 2)),
            "compaction" => Make(
                name, "a run whose conversation is summed up while it streams, and its zombie", Prepared.WithHistory(), EndChecks.Steps,
                wrap,
                parts => [parts.Step("run", 0), parts.Step("zombie", 0)], usual with { Compacts = true }),
            "compaction-side" => Make(
                name, "a run whose conversation is summed up while it streams, and a writer beside it", Prepared.WithHistory(),
                EndChecks.StepsAndSideEntry, wrap,
                parts => [parts.Step("run", 0), parts.Side("side1")], usual with { Compacts = true }),
            "waiting" => Make(
                name, "a slow run that renews, and another run that waits for it longer than usual", two, EndChecks.Steps, wrap,
                parts => [parts.Step("run", 0), parts.Step("foreign", 1)], new PartSettings(PauseWithRenewal, ClaimWait: LongWait)),
            "orphan" => Make(
                name, "a turn that ends, or dies before it lets go, and another run that waits for it longer than usual",
                Prepared.Answered(messages: 2),
                EndChecks.Steps, wrap, parts => [parts.Finish("finish"), parts.Step("foreign", 1)], usual with { ClaimWait = LongWait }),
            "operator" => Make(
                name, "a run, an operator who breaks its lease, and the run of another message", two, EndChecks.Steps, wrap,
                parts => [parts.Step("run", 0), parts.Break("operator"), parts.Step("foreign", 1)], usual),
            "reset" =>
                Make(
                    name, "a run and a forced reset", one, EndChecks.Reset, wrap, parts =>
                        [parts.Step("run", 0), parts.Reset("reset")], usual),
            "reset-turn" => Make(
                name, "a deployment that drains an inbox and a forced reset", one, EndChecks.ResetOfTurns, wrap,
                parts => [parts.Drain("turns"), parts.Reset("reset")], usual),
            _ => throw new ArgumentException($"There is no family '{name}'. There are: {string.Join(", ", Names)}."),
        };
    }

    private static Family Make(
        string name, string story, Prepared prepared, Func<Prepared, World, string?> end, Func<IBlobContainer, IBlobContainer>? wrap,
        Func<Parts, IReadOnlyList<Role>> roles, PartSettings settings) =>
        new(name, story, prepared, roles(new Parts(prepared, settings)), end) { Wrap = wrap ?? (service => service) };

    private sealed class Family(
        string name, string story, Prepared prepared, IReadOnlyList<Role> roles, Func<Prepared, World, string?> end) : Scenario
    {
        public override string Name => name;

        public override string Story => story;

        public override IReadOnlyList<Role> Roles => roles;

        public override MemoryBlobStore InitialStore => prepared.Store;

        public override Fingerprint MixShared(World world, Fingerprint print) =>
            print.With(world.SharedCache.Find(prepared.Session.SessionId, 0)?.Length ?? 0);

        public override string? CheckEnd(World world) => end(prepared, world);
    }
}
