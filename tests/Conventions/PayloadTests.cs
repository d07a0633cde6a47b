using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Holdfast.Delivery;
using Holdfast.Functions.Orchestrations;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Turns;
using Microsoft.Azure.Functions.Worker;
using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>
/// What orchestrations carry survives the worker's own serialization: System.Text.Json as it comes, but for the case of names. Both
/// the durable extension and its activity bindings use it, and nothing of ours can configure it for one payload.
/// </summary>
public sealed class PayloadTests
{
    private static readonly JsonSerializerOptions Worker = new() { PropertyNameCaseInsensitive = true };

    private static readonly TurnReference Turn = new(
        "0123456789abcdef0123456789abcdef.2",
        "agent:main:slack:direct:U1:thread:1716.2",
        "s-1",
        3,
        "main",
        MessagePriority.Hook,
        "inbox/k/2026-d.json",
        "\"0x8DC0FFEE\"",
        new DateTimeOffset(2026, 11, 22, 15, 30, 1, TimeSpan.FromHours(2)).AddTicks(1),
        new DateTimeOffset(2026, 11, 22, 16, 30, 1, TimeSpan.Zero),
        7,
        HasSideEntries: true)
    {
        Orchestration = "execution-2",
        EndedOrchestration = "execution-1",
    };

    private static readonly ToolCallReference Call = new(Turn, 2, "tooluse_1", "exec");

    private static readonly TurnTally Tally = new(
        1, 2, 3_000_000_000, 4, 5, ImmutableSortedDictionary<string, int>.Empty.Add("own", 2).Add("benign", 1));

    private static readonly ImmutableArray<object> Samples =
    [
        "agent:main:http:x",
        Turn,
        Call,
        Tally,
        new TurnCourse(Turn.SessionKey, "execution-2", "execution-1", IsTerminated: true)
        {
            Next = TurnMove.Finish,
            Turn = Turn,
            Step = 2,
            ToolCalls = [Call, Call with { CallId = "tooluse_2" }],
            Ending = TurnEnding.Failed,
            Failure = TurnFailure.Deadline,
            Tally = Tally,
            HasMore = true,
            ResumeAt = new DateTimeOffset(2026, 11, 22, 16, 0, 0, TimeSpan.Zero),
            FailedCalls = [new FailedCall("sonnet", ModelFailureKind.Throttled, TimeSpan.FromSeconds(42))],
        },
        new SessionInput(Turn.SessionKey, "execution-1", IsTerminated: true),
        new SessionStatus(SessionStatus.Waiting, "execution-2", new DateTimeOffset(2026, 11, 22, 16, 0, 0, TimeSpan.Zero)),
        true,
    ];

    public static TheoryData<int> SampleNumbers() => [.. Enumerable.Range(0, Samples.Length)];

    [Theory]
    [MemberData(nameof(SampleNumbers))]
    public void Payload_WhenTheWorkerCarriesIt_ComesBackWhole(int number)
    {
        var sample = Samples[number];
        var json = JsonSerializer.Serialize(sample, sample.GetType(), Worker);

        var back = JsonSerializer.Deserialize(json, sample.GetType(), Worker);

        JsonSerializer.Serialize(back, sample.GetType(), Worker).ShouldBe(json);
        PropertiesOf(sample).ShouldAllBe(property => TextOf(property, back) == TextOf(property, sample));
        PropertiesOf(sample)
            .ShouldAllBe(property => IsGiven(property.GetValue(sample)), "a sample that leaves a property empty proves nothing about it");
    }

    [Fact]
    public void TurnReference_WhenTheWorkerCarriesIt_IsEqual() =>
        JsonSerializer.Deserialize<TurnReference>(JsonSerializer.Serialize(Turn, Worker), Worker).ShouldBe(Turn);

    [Fact]
    public void NullResult_WhenTheWorkerCarriesIt_IsNull() =>
        JsonSerializer.Deserialize<TurnReference?>(JsonSerializer.Serialize<TurnReference?>(null, Worker), Worker).ShouldBeNull();

    [Fact]
    public void Activities_Always_TakeAndGiveOnlyTypesWithASample() =>
        typeof(SessionOrchestrator).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null)
            .SelectMany(CarriedBy)
            .Distinct()
            .ShouldBeSubsetOf(Samples.Select(sample => sample.GetType()));

    private static IEnumerable<Type> CarriedBy(MethodInfo method)
    {
        var input = method.GetParameters()
            .FirstOrDefault(parameter => parameter.GetCustomAttribute<ActivityTriggerAttribute>() is not null);
        if (input is null)
        {
            return [];
        }

        return method.ReturnType.IsGenericType ? [input.ParameterType, method.ReturnType.GenericTypeArguments[0]] : [input.ParameterType];
    }

    private static PropertyInfo[] PropertiesOf(object sample) =>
        sample.GetType().Namespace!.StartsWith(nameof(Holdfast), StringComparison.Ordinal)
            ? sample.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            : [];

    private static string TextOf(
        PropertyInfo property, object? owner) => JsonSerializer.Serialize(property.GetValue(owner), property.PropertyType, Worker);

    private static bool IsGiven(object? value) => value is not (null or 0 or 0L or false or "");
}
