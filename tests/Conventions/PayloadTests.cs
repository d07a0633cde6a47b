using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Holdfast.Delivery;
using Holdfast.Functions.Orchestrations;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Sessions;
using Holdfast.Storage;
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

    private static readonly TurnReference Turn = new()
    {
        RunId = RunId.Parse("0123456789abcdef0123456789abcdef.2"),
        SessionKey = SessionKey.Parse("agent:main:slack:direct:U1:thread:1716.2"),
        SessionId = SessionId.Parse("11111111111111111111111111111111"),
        Segment = 3,
        AgentId = "main",
        Priority = MessagePriority.Hook,
        InboxPath = BlobPath.Parse("inbox/k/2026-d.json"),
        InboxETag = BlobETag.Parse("\"0x8DC0FFEE\""),
        AcceptedAt = new DateTimeOffset(2026, 11, 22, 15, 30, 1, TimeSpan.FromHours(2)).AddTicks(1),
        DeadlineAt = new DateTimeOffset(2026, 11, 22, 16, 30, 1, TimeSpan.Zero),
        HasSideEntries = true,
        Orchestration = "execution-2",
    };

    private static readonly ToolCallReference Call = new(Turn, 2, "tooluse_1", "exec");

    private static readonly TurnTally Tally = new(
        1, 2, 3_000_000_000, 4, ImmutableSortedDictionary<string, int>.Empty.Add("own", 2).Add("benign", 1));

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
        PropertiesOf(sample).ShouldAllBe(
            property => IsGiven(property.GetValue(sample)), "a sample that leaves a property empty proves nothing about it");
    }

    [Fact]
    public void TurnReference_WhenTheWorkerCarriesIt_IsEqual() =>
        JsonSerializer.Deserialize<TurnReference>(JsonSerializer.Serialize(Turn, Worker), Worker).ShouldBe(Turn);

    /// <summary>What the version before wrote is replayed by this one (decision 0017): other members are passed over.</summary>
    [Fact]
    public void TurnCourse_OfTheVersionBefore_IsRead()
    {
        const string Course = """
            {"SessionKey":"agent:main:slack:direct:U1:thread:1716.2","Orchestration":"execution-2","EndedOrchestration":null,"IsTerminated":false,
             "Next":2,"Turn":{"RunId":"0123456789abcdef0123456789abcdef.2","SessionKey":"agent:main:slack:direct:U1:thread:1716.2",
             "SessionId":"11111111111111111111111111111111","Segment":3,"AgentId":"main","Priority":2,"InboxPath":"inbox/k/2026-d.json",
             "InboxETag":"\u00220x8DC0FFEE\u0022","AcceptedAt":"2026-11-22T15:30:01.0000001+02:00","DeadlineAt":"2026-11-22T16:30:01+00:00",
             "StorageCalls":7,"HasSideEntries":true,"Orchestration":"execution-2","EndedOrchestration":"execution-1"},"Step":2,"ToolCalls":[],
             "ResumeAt":null,"FailedCalls":[{"ModelId":"sonnet","Kind":5,"RetryAfter":"00:00:42"}],"Ending":null,"Failure":null,
             "Tally":{"Claims":1,"Deltas":2,"Characters":3000000000,"ToolCalls":4,"StorageCalls":5,"Verdicts":{"benign":1,"own":2}},"HasMore":false}
            """;

        var course = JsonSerializer.Deserialize<TurnCourse>(Course, Worker).ShouldNotBeNull();

        course.Turn.ShouldBe(Turn);
        (course.Next, course.Step, course.Tally.Claims, course.Tally.Verdicts["own"]).ShouldBe((TurnMove.RunTools, 2, 1, 2));
        course.FailedCalls.ShouldBe([new FailedCall("sonnet", ModelFailureKind.Throttled, TimeSpan.FromSeconds(42))]);
    }

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

    private static string TextOf(PropertyInfo property, object? owner) =>
        JsonSerializer.Serialize(property.GetValue(owner), property.PropertyType, Worker);

    private static bool IsGiven(object? value) => value is not (null or 0 or 0L or false or "");
}
