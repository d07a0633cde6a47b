using System.CommandLine;
using Holdfast;
using Holdfast.Cli;
using Holdfast.Cli.Migrating;

#pragma warning disable RS0030 // This is the command line: it talks to a console, and by no other way than this.
Console.SetOut(new TerminalWriter(Console.Out));
Console.SetError(new TerminalWriter(Console.Error));
#pragma warning restore RS0030

var url = new Option<Uri>("--url")
{
    Description = "Where the app listens.",
    DefaultValueFactory = _ => new Uri("http://127.0.0.1:7071/"),
    CustomParser = WebAddress.Parse!,
    Recursive = true,
};
var functionKey = new Option<string?>("--function-key")
{
    Description = $"The app's function key; else that of {FunctionKey.Variable}, or of the host on this machine.",
    Recursive = true,
};
const string About =
    "Talks to a Holdfast app: sends messages to sessions, reads their transcripts, audits them, and migrates configurations.";
var root = new RootCommand(About)
{
    url,
    functionKey,
    SendCommand.Create(url, functionKey),
    TailCommand.Create(url, functionKey),
    StatusCommand.Create(url, functionKey),
    AuditCommand.Create(),
    MigrateCommand.Create(),
};
var parsed = root.Parse(args);
var exitCode = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? Terminal.Unusable : exitCode;
