using Holdfast.Tests.Support;

namespace Holdfast.Demo.Serving;

/// <summary>What runs the app: the project's own host, or Core Tools.</summary>
internal interface IServingHost
{
    /// <summary>The folder of the keys that callers need, from the repository's root; null when none are asked for.</summary>
    string? Keys { get; }

    /// <summary>What is added to the message of a failed start.</summary>
    string Hint { get; }

    ChildProcess Start(IServed served);

    /// <summary>Whether this line says that the app can be called.</summary>
    bool IsReady(string line);

    /// <summary>Where, by that line.</summary>
    Uri AddressIn(string line);
}
