namespace Holdfast.Functions.Composition;

/// <summary>Says on standard error why the app does not start; there is no log yet.</summary>
internal static class StartUpFault
{
    public static async Task WriteAsync(string text)
    {
#pragma warning disable RS0030 // Before the host is built there is no logger.
        await Console.Error.WriteLineAsync(TerminalText.Of(text));
#pragma warning restore RS0030
    }
}
