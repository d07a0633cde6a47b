using System.Runtime.CompilerServices;
using Holdfast.Models;
using Holdfast.Models.Compactions;
using Holdfast.Transcripts;

namespace Holdfast.Tests.Explorer.Scenarios;

/// <summary>A model that says two words with a pause between them, and knows whether it was heard to the end.</summary>
internal sealed class ScriptedModel(TimeProvider clock, TimeSpan pause) : IModelProvider
{
    public const string FirstWord = "alpha ";
    public const string Answer = FirstWord + "omega";

    /// <summary>A summary is ready before the answer's first part is written.</summary>
    private static readonly TimeSpan SummaryAfter = TimeSpan.FromSeconds(3);

    /// <summary>An answer was read to its end, since <see cref="Begin"/>.</summary>
    public bool WasHeard { get; private set; }

    /// <summary>Another turn begins, or another run of it: what was heard before was not its answer.</summary>
    public void Begin() => WasHeard = false;

    public async IAsyncEnumerable<ModelEvent> StreamAsync(ModelCall modelCall, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (modelCall.Prompt.System == CompactionPrompt.System)
        {
            await Task.Delay(SummaryAfter, clock, cancellationToken);
            yield return new ModelEvent.TextDelta("what was said");
            yield return new ModelEvent.Stopped("end_turn");
            yield break;
        }

        WasHeard = false;
        yield return new ModelEvent.TextDelta(FirstWord);
        if (pause > TimeSpan.Zero)
        {
            await Task.Delay(pause, clock, cancellationToken);
        }

        yield return new ModelEvent.TextDelta("omega");
        yield return new ModelEvent.BlockStopped(0);
        WasHeard = true;
        yield return new ModelEvent.Stopped("end_turn");
        yield return new ModelEvent.Usage(new TokenCount(10, 2, 0, 0));
    }
}
