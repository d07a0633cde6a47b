using Holdfast.Embedded.Hosting;

namespace Holdfast.Embedded.Invocation;

/// <summary>The functions of the application by name. Filled while the application is built, only read afterwards.</summary>
internal sealed class FunctionTable
{
    private readonly Dictionary<string, FunctionPlan> _plans = new(StringComparer.OrdinalIgnoreCase);

    public int Count => _plans.Count;

    public void Add(FunctionPlan plan) => _plans.Add(plan.Function.Name, plan);

    /// <exception cref="ArgumentException">There is no such function.</exception>
    public FunctionPlan Get(FunctionDescriptor function)
        => _plans.TryGetValue(function.Name, out var plan)
            ? plan
            : throw new ArgumentException($"There is no function '{function.Name}' in this application.", nameof(function));
}
