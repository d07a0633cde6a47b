using Holdfast.Storage;

namespace Holdfast.Cli;

/// <summary>The command line's output and exit codes.</summary>
internal static class Terminal
{
    /// <summary>What was given cannot be worked with, or is not there.</summary>
    public const int Unusable = 2;

    /// <returns>
    /// 0, 1 when the app refuses or cannot be reached, 2 when a storage account or a file cannot be read; each with its reason on standard
    /// error.
    /// </returns>
    public static Task<int> RunAsync(Func<TextWriter, Task> command) => RunAsync(async output =>
    {
        await command(output);
        return 0;
    });

    /// <inheritdoc cref="RunAsync(Func{TextWriter, Task})"/>
    /// <param name="command">Gives the exit code itself.</param>
    public static async Task<int> RunAsync(Func<TextWriter, Task<int>> command)
    {
#pragma warning disable RS0030 // This is the command line: it talks to a console.
        try
        {
            return await command(Console.Out);
        }
        catch (HttpRequestException fault)
        {
            await Console.Error.WriteLineAsync($"holdfast: {fault.Message}");
            return 1;
        }
        catch (StorageUnavailableException fault)
        {
            // The service's answer may go on with its headers; the first line says what is wrong.
            var reason = fault.GetBaseException().Message.Split('\n')[0].Trim();
            await Console.Error.WriteLineAsync($"holdfast: The storage account cannot be read: {reason}");
            return Unusable;
        }
        catch (Exception fault) when (fault is UnusableInputException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"holdfast: {fault.Message}");
            return Unusable;
        }
        catch (OperationCanceledException)
        {
            return 0; // Ctrl-C is how following ends.
        }
#pragma warning restore RS0030
    }
}
