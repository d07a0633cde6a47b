using Holdfast.Tests.Support;

namespace Holdfast.Demo.Serving;

/// <summary>Passes on what the app says, from its start on, and what the scripted platforms get.</summary>
internal sealed class LineRelay(ChildProcess app, IServed served)
{
    private int _written;

    public void WriteNew()
    {
        foreach (var line in app.Lines.Skip(_written).ToList())
        {
            Console.WriteLine(line);
            _written++;
        }

        foreach (var post in served.TakePosts())
        {
            Console.WriteLine(post);
        }
    }
}
