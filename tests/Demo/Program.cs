using Holdfast.Demo;
using Holdfast.Demo.Serving;
using Holdfast.Demo.Showing;
using Spectre.Console;

// Without a terminal there is no width to keep to, and ids are worth reading whole.
if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 200;
    AnsiConsole.Profile.Capabilities.Ansi = false;
    AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
}

switch (Arguments.Read(args))
{
    case { Fault: { } fault }:
        await Console.Error.WriteLineAsync(fault);
        return 2;
    case { Command: "up" } arguments:
        return await UpCommand.RunAsync(arguments);
    case var arguments:
        return await DemoCommand.RunAsync(arguments);
}
