namespace Holdfast.Embedded.Durable.Dispatch;

/// <summary>Instance ids: random ones, and the public host's rules for given ones.</summary>
internal static class InstanceIds
{
    // The public host's bound.
    private const int MaxLength = 256;

    public static string Random()
    {
#pragma warning disable RS0030 // This is the engine's id source: the ids need only be unique, nothing is derived from them.
        return Guid.NewGuid().ToString("N");
#pragma warning restore RS0030
    }

    /// <exception cref="ArgumentException">The public host refuses the id too.</exception>
    public static void ThrowIfInvalid(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        if (instanceId[0] == '@')
        {
            throw new ArgumentException("An orchestration's instance id must not begin with @.", nameof(instanceId));
        }

        if (instanceId.Length > MaxLength)
        {
            throw new ArgumentException($"An instance id has at most {MaxLength} characters.", nameof(instanceId));
        }

        if (instanceId.Any(static c => c is '/' or '\\' or '?' or '#' || char.IsControl(c)))
        {
            throw new ArgumentException("An instance id must not contain /, \\, #, ? or control characters.", nameof(instanceId));
        }
    }
}
