using Holdfast.Harness;
using Holdfast.Tests.Support;

namespace Holdfast.Demo.Serving;

/// <summary>src/LocalHost. Its keys lie where the README's commands look for them, whichever folder it serves.</summary>
internal sealed class OwnHost(int port) : IServingHost
{
    public string Keys => Path.Combine(".holdfast", "keys");

    public string Hint => "";

    public ChildProcess Start(IServed served) => HostCommand.Start(port, RepositoryRoot.PathOf(Keys), served.ContentRoot, served.Settings);

    public bool IsReady(string line) => line.StartsWith(HostCommand.ListeningPrefix, StringComparison.Ordinal);

    public Uri AddressIn(string line) => HostCommand.AddressIn(line);
}
