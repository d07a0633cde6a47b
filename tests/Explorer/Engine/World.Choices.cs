namespace Holdfast.Tests.Explorer.Engine;

// What a world at rest can do next, and doing it.
internal sealed partial class World
{
    public IReadOnlyList<Choice> Choices()
    {
        var choices = new List<Choice>();
        for (var actor = 0; actor < Actors.Count; actor++)
        {
            choices.AddRange(Enumerable.Range(0, Actors[actor].Held.Count).Select(held => Choice.OfCall(actor, held, CallFate.Answered)));
        }

        choices.AddRange(Enumerable.Range(0, _late.Count).Select(Choice.Land));
        var isAnybodyBusy = Actors.Any(actor => actor.Held.Count > 0);
        if (Timeline.NextDueAt is not null && !isAnybodyBusy)
        {
            choices.Add(Choice.Tick);
        }

        for (var actor = 0; actor < Actors.Count; actor++)
        {
            AddFaults(choices, actor);
        }

        // A platform shows a post soon, or nobody could ever look for one: while a post is under way nothing else is slow.
        var mayBeSlow = isAnybodyBusy && !Actors.Any(actor => actor.Held.Any(call => call.Label == PlatformChannel.PostLabel));
        if (mayBeSlow)
        {
            choices.Add(Choice.Lapse);
        }

        if (mayBeSlow && Timeline.NextDueAt is { } due && due - Timeline.Now <= LongestDelay)
        {
            choices.Add(Choice.Delay);
        }

        return choices;
    }

    private void AddFaults(List<Choice> choices, int index)
    {
        var held = Actors[index].Held;
        for (var call = 0; call < held.Count; call++)
        {
            if (held[call].Label.StartsWith("answer of", StringComparison.Ordinal))
            {
                continue;
            }

            choices.Add(Choice.OfCall(index, call, CallFate.Failed));
            if (held[call].Writes)
            {
                choices.Add(Choice.OfCall(index, call, CallFate.AnswerLost));
                if (held[call].Label != PlatformChannel.PostLabel)
                {
                    choices.Add(Choice.OfCall(index, call, CallFate.Late));
                }
            }
        }

        if (held.Count > 0)
        {
            choices.Add(Choice.Crash(index));
        }
    }

    private string Perform(Choice choice)
    {
        var text = IsTraced ? TextOf(choice) : "";
        switch (choice.Kind)
        {
            case ChoiceKind.Call:
                var call = Actors[choice.Actor].Held[choice.Call];
                call.Decide(choice.Fate);
                if (choice.Fate == CallFate.Late)
                {
                    _late.Add(call);
                }

                return IsTraced && choice.Fate == CallFate.Answered ? $"{text} → {Labels.OfResult(call.Result)}" : text;
            case ChoiceKind.Land:
                var late = _late[choice.Call];
                _late.RemoveAt(choice.Call);
                late.Land();
                return IsTraced ? $"{text} → {Labels.OfResult(late.Result)}" : text;
            case ChoiceKind.Tick or ChoiceKind.Delay:
                var due = Timeline.NextDueAt!.Value;
                Timeline.AdvanceTo(due > Timeline.Now ? due : Timeline.Now, Settle);
                break;
            case ChoiceKind.Lapse:
                Timeline.AdvanceTo(Timeline.Now + BeyondTheLease, Settle);
                break;
            default:
                var crashed = Actors[choice.Actor];
                Timeline.DisarmAllOf(crashed);
                crashed.Crash();
                Begin(choice.Actor, crashed.Life + 1);
                break;
        }

        return text;
    }

    private string TextOf(Choice choice)
    {
        var actor = Actors[choice.Actor];
        var call = choice.Kind == ChoiceKind.Call ? actor.Held[choice.Call].Label : "";
        return choice.Kind switch
        {
            ChoiceKind.Call when choice.Fate == CallFate.Answered => $"{actor.Name}: {call}",
            ChoiceKind.Call when choice.Fate == CallFate.Failed => $"FAULT {actor.Name}: {call} fails without effect",
            ChoiceKind.Call when choice.Fate == CallFate.AnswerLost => $"FAULT {actor.Name}: {call} takes effect, its answer is lost",
            ChoiceKind.Call => $"FAULT {actor.Name}: {call} is given up by its caller and still under way",
            ChoiceKind.Land => $"{_late[choice.Call].Actor.Name}: {_late[choice.Call].Label} takes effect only now",
            ChoiceKind.Tick => $"time goes on by {(Timeline.NextDueAt!.Value - Timeline.Now).TotalSeconds} s",
            ChoiceKind.Delay =>
                $"FAULT time goes on by {(Timeline.NextDueAt!.Value - Timeline.Now).TotalSeconds} s while calls are under way",
            ChoiceKind.Lapse => $"FAULT everybody stands still for {BeyondTheLease.TotalSeconds} s",
            _ =>
                $"FAULT {actor.Name} crashes before {string.Join(" and ", actor.Held.Select(held => held.Label))}; the engine runs it "
                    + $"again",
        };
    }
}
