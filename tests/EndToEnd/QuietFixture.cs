using Holdfast.Harness;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A fixture on which nothing is ever accepted, with a hook more that takes small bodies only.</summary>
public sealed class QuietFixture : RunningFixture
{
    protected override AppConfiguration Configuration() => AppConfiguration.Default(AppFixture, configuration =>
    {
        var small = configuration["hooks"]!["github"]!.DeepClone();
        small["maxBodyBytes"] = 4096;
        configuration["hooks"]!["small"] = small;
    });
}
