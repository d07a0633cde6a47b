using Microsoft.Azure.Functions.Worker;

namespace Holdfast.Embedded.Invocation;

/// <summary>The function context of this host.</summary>
internal sealed class FunctionInvocation : FunctionContext
{
    private readonly InvocationFeatures _features = new();

    public FunctionInvocation(FunctionPlan plan, string invocationId, object? trigger, IServiceProvider services, CancellationToken cancellationToken)
    {
        Plan = plan;
        InvocationId = invocationId;
        Trigger = trigger;
        InstanceServices = services;
        CancellationToken = cancellationToken;
        _features.Set(Returned);
    }

    public FunctionPlan Plan { get; }

    /// <summary>The value of the trigger parameter; the request's <c>HttpContext</c> for an HTTP function.</summary>
    public object? Trigger { get; }

    public ReturnedValue Returned { get; } = new();

    public override string InvocationId { get; }

    public override string FunctionId => Plan.Definition.Id;

    public override IServiceProvider InstanceServices { get; set; }

    public override FunctionDefinition FunctionDefinition => Plan.Definition;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features => _features;

    public override CancellationToken CancellationToken { get; }
}
