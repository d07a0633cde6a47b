using System.CommandLine;
using Holdfast;
using Holdfast.LocalHost;

#pragma warning disable RS0030 // This is the host of a console: its log too goes this way, and holds what others wrote.
Console.SetOut(new TerminalWriter(Console.Out));
Console.SetError(new TerminalWriter(Console.Error));
#pragma warning restore RS0030

var app = new Option<DirectoryInfo>("--app")
{
    Description = "The built function app: the folder with worker.config.json.",
    Required = true,
};
var port = new Option<ushort>("--port") { Description = "Where to listen; 0 for any free port.", DefaultValueFactory = _ => 7071 };
var bind = new Option<string?>("--bind")
{
    Description = "Listens on this address instead of loopback: other machines can then call it. Keys are asked for all the same.",
};
var keys = new Option<DirectoryInfo?>("--keys")
{
    Description = "The folder of the keys; .holdfast/keys in the folder of host.json unless given.",
};
var log = new Option<LogFormat>("--log") { Description = "The form of log lines.", DefaultValueFactory = _ => LogFormat.Simple };
var root = new RootCommand(
    "Runs a function app of the isolated worker model on one machine. The folder of host.json is AzureWebJobsScriptRoot, or the current "
        + "one.")
{
    app, port, bind, keys, log,
};
root.SetAction(parsed => FunctionsHost.RunAsync(new HostArguments(
    parsed.GetRequiredValue(app).FullName, parsed.GetValue(port), parsed.GetValue(bind), parsed.GetValue(keys)?.FullName,
    parsed.GetValue(log))));
try
{
    return await root.Parse(args)
        .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (StartUpException fault)
{
#pragma warning disable RS0030 // This is for whoever started the host.
    await Console.Error.WriteLineAsync(fault.Message);
#pragma warning restore RS0030
    return 1;
}
