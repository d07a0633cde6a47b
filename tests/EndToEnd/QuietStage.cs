using Holdfast.Harness;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A stage on which nothing is ever accepted, with a hook more that takes small bodies only.</summary>
public sealed class QuietStage : RunningStage
{
    protected override string Configuration() => StageConfiguration.Default(Stage, configuration =>
    {
        var small = configuration["hooks"]!["github"]!.DeepClone();
        small["maxBodyBytes"] = 4096;
        configuration["hooks"]!["small"] = small;
    });
}
