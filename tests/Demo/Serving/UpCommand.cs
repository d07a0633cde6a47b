using System.ComponentModel;
using System.Runtime.InteropServices;
using Holdfast.Tests.Support;

namespace Holdfast.Demo.Serving;

/// <summary>
/// <c>./dev up</c>: serves until it is told to end. What it stores lies in <c>.holdfast/up</c> and is there again the next time.
/// </summary>
internal static class UpCommand
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);

    /// <summary>Longer than the host gives its listeners and its worker.</summary>
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);

        var folder = RepositoryRoot.PathOf(".holdfast", "up");
        Directory.CreateDirectory(folder);
        await using IServed served = LocalSettingsServed.Find() is { } local && arguments.BedrockModel is null
            ? await local.SetUpAsync(folder)
            : await ScriptedServed.SetUpAsync(folder, arguments.BedrockModel);
        IServingHost host = arguments.UsesCoreTools ? new CoreToolsHost(arguments.Port) : new OwnHost(arguments.Port);
        try
        {
            await using var app = host.Start(served);
            var line = await app.WaitForLineAsync(host.IsReady, StartsWithin);
            Welcome.Write(host.AddressIn(line), host.Keys, served);
            var relay = new LineRelay(app, served);
            while (!end.Task.IsCompleted && !app.HasExited)
            {
                relay.WriteNew();
                await Task.WhenAny(end.Task, Task.Delay(TimeSpan.FromMilliseconds(200)));
            }

            relay.WriteNew();
            return await EndAsync(app, wasAskedFor: end.Task.IsCompleted);
        }
        catch (Exception fault) when (fault is TimeoutException or Win32Exception)
        {
            await Console.Error.WriteLineAsync($"The app did not start.\n{fault.Message}{host.Hint}");
            return 1;
        }

        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = true;
            end.TrySetResult();
        }
    }

    /// <summary>Asks the app to end and gives it a while: what it cannot finish now, it goes on with at the next start.</summary>
    private static async Task<int> EndAsync(ChildProcess app, bool wasAskedFor)
    {
        if (app.HasExited && wasAskedFor)
        {
            // Ctrl-C reaches every process of the terminal.
            return 0;
        }

        if (app.HasExited)
        {
            await Console.Error.WriteLineAsync("The app ended by itself.");
            return 1;
        }

        Console.WriteLine("Ending …");
        app.Terminate();
        try
        {
            await app.WaitForExitAsync(StopsWithin);
        }
        catch (TimeoutException)
        {
            Console.WriteLine("The app takes long to end and is ended now; nothing accepted is lost.");
        }

        return 0;
    }
}
