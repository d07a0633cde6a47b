namespace Holdfast.Demo.Serving;

/// <summary>What an app is served with. Disposal ends the processes and servers behind it.</summary>
internal interface IServed : IAsyncDisposable
{
    /// <summary>The folder of host.json and the app's configuration.</summary>
    string ContentRoot { get; }

    /// <summary>Settings of the app's process.</summary>
    IReadOnlyDictionary<string, string?> Settings { get; }

    /// <summary>What it is, for whoever started it.</summary>
    IReadOnlyList<string> Description { get; }

    /// <summary>Messages that platforms got since the last look.</summary>
    IReadOnlyList<string> TakePosts();
}
