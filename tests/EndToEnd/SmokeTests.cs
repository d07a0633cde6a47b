using Holdfast.Harness;
using Holdfast.Outbox;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>One message through each door, against the app as a process.</summary>
public sealed class SmokeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Messages_WhenPosted_EndInAStoredReply()
    {
        await using var stage = await Stage.SetUpAsync();
        var app = await stage.StartAppAsync();

        var answer = await Stage.PostAsync(app, "agent:main:http:smoke", "hello");
        ((int)answer.StatusCode).ShouldBe(202);
        var receipt = await stage.ReceiptAsync(await Stage.TurnOfAsync(answer), Soon);

        receipt.Ending.ShouldBe(TurnEnding.Replied);
    }
}
