using Holdfast.Inbox;
using Holdfast.Models;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Models;

public sealed class ConcurrencyLimiterTests
{
    [Fact]
    public async Task EnterAsync_WhenItIsFull_WaitsForAPlace()
    {
        var limiter = new ConcurrencyLimiter(2);
        var first = await limiter.EnterAsync(MessagePriority.User, default);
        using var second = await limiter.EnterAsync(MessagePriority.User, default);

        var third = limiter.EnterAsync(MessagePriority.User, default);
        third.IsCompleted.ShouldBeFalse();

        first.Dispose();
        using var got = await Bounded(third);
        limiter.EnterAsync(MessagePriority.User, default).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task EnterAsync_WhenSeveralWait_UserGoesBeforeHookBeforeCronAndFifoWithin()
    {
        var order = await ServeAsync(
            new ConcurrencyLimiter(1),
            [
                MessagePriority.Cron, MessagePriority.Hook, MessagePriority.User, MessagePriority.Cron, MessagePriority.User,
                MessagePriority.Hook,
            ]);

        order.ShouldBe([2, 4, 1, 5, 0, 3]);
    }

    [Fact]
    public async Task EnterAsync_WhenUsersKeepComing_CronIsServedAfterSixteenOvertakes()
    {
        var order = await ServeAsync(new ConcurrencyLimiter(1), [MessagePriority.Cron, .. Enumerable.Repeat(MessagePriority.User, 40)]);

        order.IndexOf(0).ShouldBe(ConcurrencyLimiter.MaxOvertakes);
        order.Where(number => number != 0).ShouldBe(Enumerable.Range(1, 40));
    }

    [Fact]
    public async Task EnterAsync_WhenAWaiterCancels_TheNextGetsThePlace()
    {
        var limiter = new ConcurrencyLimiter(1);
        var held = await limiter.EnterAsync(MessagePriority.User, default);
        using var cancellation = new CancellationTokenSource();
        var leaving = limiter.EnterAsync(MessagePriority.User, cancellation.Token);
        var staying = limiter.EnterAsync(MessagePriority.User, default);

        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Bounded(leaving));
        held.Dispose();

        (await Bounded(staying)).Dispose();
        limiter.EnterAsync(MessagePriority.User, default).IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Dispose_Twice_GivesOnePlaceBack()
    {
        var limiter = new ConcurrencyLimiter(1);
        var held = await limiter.EnterAsync(MessagePriority.User, default);
        held.Dispose();
        using var next = await limiter.EnterAsync(MessagePriority.User, default);
        held.Dispose();

        limiter.EnterAsync(MessagePriority.User, default).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task EnterAsync_WhenManyComeAndCancelAtOnce_LosesNoPlace()
    {
        var limiter = new ConcurrencyLimiter(3);
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 400).Select(number => Task.Run(async () =>
        {
            using var cancellation = new CancellationTokenSource();
            var entering = limiter.EnterAsync((MessagePriority)((number % 3) + 1), cancellation.Token);
            if (number % 4 == 0)
            {
                await cancellation.CancelAsync();
            }

            try
            {
                using var place = await entering;
                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
            catch (OperationCanceledException)
            {
            }
        })));

        most.ShouldBeInRange(1, 3);
        Enumerable.Range(0, 4)
            .Select(_ => limiter.EnterAsync(MessagePriority.User, default).IsCompleted)
            .ShouldBe([true, true, true, false]);
    }

    private static async Task<List<int>> ServeAsync(ConcurrencyLimiter limiter, MessagePriority[] arrivals)
    {
        var order = new List<int>();
        var held = await limiter.EnterAsync(MessagePriority.User, default);
        var waiting = arrivals.Select((priority, number) => (Number: number, Place: limiter.EnterAsync(priority, default))).ToList();
        while (waiting.Count > 0)
        {
            held.Dispose();
            await Bounded(Task.WhenAny(waiting.Select(waiter => waiter.Place)));
            var served = waiting.Where(waiter => waiter.Place.IsCompleted).ShouldHaveSingleItem();
            waiting.Remove(served);
            order.Add(served.Number);
            held = await served.Place;
        }

        held.Dispose();
        return order;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private static Task<T> Bounded<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(10));
}
