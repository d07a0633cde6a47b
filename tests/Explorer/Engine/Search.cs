using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Holdfast.Tests.Explorer.Scenarios;

namespace Holdfast.Tests.Explorer.Engine;

/// <summary>How far a search goes.</summary>
/// <param name="Order">Which branches come first, where not all of them will be followed.</param>
internal sealed record SearchLimits(int Faults, TimeSpan Time, long States = long.MaxValue, int Order = 1);

/// <summary>A schedule that breaks a promise.</summary>
/// <param name="Seed">Replays it.</param>
internal sealed record Finding(string Promise, string Seed, IReadOnlyList<string> Steps);

/// <summary>What a search saw.</summary>
/// <param name="StatesByFaults">Distinct states, by the faults on the way on which they were met first.</param>
/// <param name="IsWhole">All schedules within the limits were looked at.</param>
internal sealed record SearchReport(
    string Family, long[] StatesByFaults, long Steps, long Ends, int Deepest, bool IsWhole, TimeSpan Took)
{
    /// <summary>Null when every promise held.</summary>
    public Finding? Finding { get; init; }

    public long States => StatesByFaults.Sum();
}

/// <summary>
/// Enumerates schedules: follows one to its end, then takes up a branch that was left open, by turns one with no fault, with one, with
/// two. So time that does not suffice for all goes to all numbers of faults alike, and to all parts of a schedule. Code that awaits cannot
/// be copied in the middle: a state is reached again by running its choices from the start. A state that was seen before with no more
/// faults is not gone through again.
/// </summary>
internal sealed class Search(Scenario scenario, SearchLimits limits)
{
    private const int MaxSteps = 1500;

    /// <summary>By state the fewest faults on a way to it: with them the most are left for what follows.</summary>
    private readonly Dictionary<ulong, int> _seen = [];
    private readonly List<Branch>[] _open = [.. Enumerable.Range(0, limits.Faults + 1).Select(_ => new List<Branch>())];
    private readonly Random _order = new(limits.Order);
    private readonly long[] _states = new long[limits.Faults + 1];
    private long _steps;
    private long _ends;
    private int _deepest;
    private int _turn;

    public SearchReport Run()
    {
        var watch = Stopwatch.StartNew();
        _open[0].Add(new Branch(null, default, 0, 0));
        while (TakeOpen() is { } branch)
        {
            if (watch.Elapsed > limits.Time || _states.Sum() >= limits.States)
            {
                return Report(isWhole: false, watch.Elapsed, null);
            }

            if (Follow(branch) is { } broken)
            {
                return Report(isWhole: false, watch.Elapsed, Replay(scenario, SeedOf(broken.Last), broken.Promise));
            }
        }

        return Report(isWhole: true, watch.Elapsed, null);
    }

    /// <summary>Runs one schedule and writes its steps down.</summary>
    /// <exception cref="FormatException">The seed is none of this family, or names a choice that the schedule does not offer.</exception>
    public static Finding Replay(Scenario scenario, string seed, string? expected = null)
    {
        var world = new World(scenario) { IsTraced = true };
        var steps = new List<string>();
        var choices = seed[(seed.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('.', StringSplitOptions.RemoveEmptyEntries);
        foreach (var index in choices.Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
        {
            var offered = world.Choices();
            if (index >= offered.Count)
            {
                throw new FormatException($"Step {steps.Count + 1} of the seed names choice {index}, and there are {offered.Count}.");
            }

            steps.Add(world.Apply(offered[index]));
        }

        return new Finding(PromiseOf(scenario, world, world.Choices()) ?? expected ?? "nothing is broken", seed, steps);
    }

    /// <summary>Goes from one branch on to its end, leaving the other branches for later.</summary>
    private (string Promise, Branch Last)? Follow(Branch branch)
    {
        var world = new World(scenario);
        var path = branch.Path();
        world.IsReplaying = true;
        for (var step = 0; step < path.Length; step++)
        {
            world.IsReplaying = step < path.Length - 1;
            world.Apply(path[step]);
            _steps++;
        }

        world.IsReplaying = false;

        while (true)
        {
            var choices = world.Choices();
            if (PromiseOf(scenario, world, choices) is { } promise)
            {
                return (promise, branch);
            }

            if (!IsNew(world.Print(), branch.Faults))
            {
                return null;
            }

            _deepest = Math.Max(_deepest, branch.Depth);
            if (world.IsOver)
            {
                _ends++;
                return null;
            }

            branch = Divide(branch, choices);
            world.Apply(branch.Choice);
            _steps++;
        }
    }

    /// <returns>False for a state from which nothing follows that was not looked at.</returns>
    private bool IsNew(ulong state, int faults)
    {
        ref var fewest = ref CollectionsMarshal.GetValueRefOrAddDefault(_seen, state, out var isKnown);
        if (isKnown && fewest <= faults)
        {
            return false;
        }

        fewest = faults;
        _states[faults] += isKnown ? 0 : 1;
        return true;
    }

    /// <returns>Null when none is left.</returns>
    private Branch? TakeOpen()
    {
        var open = Enumerable.Range(1, _open.Length)
            .Select(next => _open[(_turn + next) % _open.Length])
            .FirstOrDefault(open => open.Count > 0);
        if (open is null)
        {
            return null;
        }

        _turn = Array.IndexOf(_open, open);
        var at = _order.Next(open.Count);
        (open[at], open[^1]) = (open[^1], open[at]);
        var branch = open[^1];
        open.RemoveAt(open.Count - 1);
        return branch;
    }

    private Branch Divide(Branch at, IReadOnlyList<Choice> choices)
    {
        for (var index = choices.Count - 1; index >= 1; index--)
        {
            var faults = at.Faults + choices[index].Cost;
            if (faults <= limits.Faults)
            {
                _open[faults].Add(new Branch(at, choices[index], at.Depth + 1, faults));
            }
        }

        return new Branch(at, choices[0], at.Depth + 1, at.Faults);
    }

    private static string? PromiseOf(Scenario scenario, World world, IReadOnlyList<Choice> choices)
    {
        if (world.Violation is { } violation)
        {
            return violation;
        }

        if (world.IsOver)
        {
            return scenario.CheckEnd(world);
        }

        return choices.Count == 0 || choices[0].Cost > 0
            ? "I3: nobody can go on"
            : world.Depth > MaxSteps ? "I3: the schedule does not end" : null;
    }

    private SearchReport Report(bool isWhole, TimeSpan took, Finding? finding) =>
        new(scenario.Name, _states, _steps, _ends, _deepest, isWhole, took) { Finding = finding };

    /// <summary>Choices by their number among those on offer.</summary>
    private string SeedOf(Branch branch)
    {
        var world = new World(scenario);
        var numbers = new List<int>();
        foreach (var choice in branch.Path())
        {
            numbers.Add(world.Choices().ToList().IndexOf(choice));
            world.Apply(choice);
        }

        return $"{scenario.Name}:{string.Join('.', numbers)}";
    }

    /// <summary>A choice not yet followed, and how to get there.</summary>
    private sealed record Branch(Branch? Parent, Choice Choice, int Depth, int Faults)
    {
        public Choice[] Path()
        {
            var path = new Choice[Depth];
            for (var branch = this; branch.Parent is not null; branch = branch.Parent)
            {
                path[branch.Depth - 1] = branch.Choice;
            }

            return path;
        }
    }
}
