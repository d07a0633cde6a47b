namespace Holdfast.Tests.Explorer.Engine;

internal enum ChoiceKind
{
    Call = 1,
    Land = 2,
    Tick = 3,
    Lapse = 4,
    Crash = 5,
    Delay = 6,
}

/// <summary>One step that a world at rest can take.</summary>
internal readonly record struct Choice(ChoiceKind Kind, int Actor, int Call, CallFate Fate)
{
    /// <summary>Time goes on to the next timer, as nobody has anything else to wait for.</summary>
    public static Choice Tick { get; } = new(ChoiceKind.Tick, 0, 0, 0);

    /// <summary>Time goes on to the next timer while calls are under way: they are slow.</summary>
    public static Choice Delay { get; } = new(ChoiceKind.Delay, 0, 0, 0);

    /// <summary>All that is under way stands still for longer than a lease lasts.</summary>
    public static Choice Lapse { get; } = new(ChoiceKind.Lapse, 0, 0, 0);

    /// <summary>How many of the allowed faults it takes.</summary>
    public int Cost =>
        Kind is ChoiceKind.Lapse or ChoiceKind.Crash or ChoiceKind.Delay || (Kind == ChoiceKind.Call && Fate != CallFate.Answered) ? 1 : 0;

    public static Choice OfCall(int actor, int call, CallFate fate) => new(ChoiceKind.Call, actor, call, fate);

    public static Choice Crash(int actor) => new(ChoiceKind.Crash, actor, 0, 0);

    public static Choice Land(int late) => new(ChoiceKind.Land, 0, late, 0);
}
