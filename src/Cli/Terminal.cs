namespace Holdfast.Cli;

/// <summary>The command line's output and exit codes.</summary>
internal static class Terminal
{
    /// <returns>0, or 1 after saying on standard error why not.</returns>
    public static async Task<int> RunAsync(Func<TextWriter, Task> command)
    {
#pragma warning disable RS0030 // This is the command line: it talks to a console.
        try
        {
            await command(Console.Out);
            return 0;
        }
        catch (HttpRequestException fault)
        {
            await Console.Error.WriteLineAsync($"holdfast: {fault.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 0; // Ctrl-C is how following ends.
        }
#pragma warning restore RS0030
    }
}
