using System.Collections;

namespace Holdfast.Embedded.Invocation;

/// <summary>Log scope of an invocation, with the attribute names of the public worker.</summary>
internal sealed class InvocationLogScope(string functionName, string invocationId) : IReadOnlyList<KeyValuePair<string, object>>
{
    public int Count => 2;

    public KeyValuePair<string, object> this[int index] => index switch
    {
        0 => new("faas.name", functionName),
        1 => new("faas.invocation_id", invocationId),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
    {
        yield return this[0];
        yield return this[1];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{functionName} {invocationId}";
}
