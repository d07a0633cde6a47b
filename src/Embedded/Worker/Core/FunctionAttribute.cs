namespace Microsoft.Azure.Functions.Worker;

/// <summary>Makes a public method a function.</summary>
/// <param name="name">
/// Unique in the app without regard to case: a letter, then letters, digits, <c>-</c> or <c>_</c>, 128 characters at most.
/// </param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    /// <summary>The function's name.</summary>
    public string Name { get; } = name;
}
