using System.CommandLine;
using Holdfast.Audit;

namespace Holdfast.Cli;

/// <summary>
/// <c>holdfast audit PATH…</c> and <c>holdfast audit --storage …</c>: exit code 0 clean, 1 faults, 2 nothing that could be audited.
/// </summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "A segment, a session's folder, or a folder of sessions.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var storage = new Option<string?>("--storage")
        {
            Description = "Connection string of the storage account to read instead of files.",
        };
        var account = new Option<Uri?>("--account-url")
        {
            Description = "Blob endpoint to read with your own login, https://ACCOUNT.blob.core.windows.net.",
            CustomParser = WebAddress.Parse,
        };
        var container = new Option<string>("--container") { Description = "The container.", DefaultValueFactory = _ => "holdfast" };
        var session = new Option<string?>("--session") { Description = "One session only: its key or its id." };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object." };
        var command = new Command(
            "audit", "Proves of transcripts who wrote each line, that claims never interleave, and that nothing stands twice or half.")
        {
            paths, storage, account, container, session, json,
        };
        command.SetAction((parsed, cancellationToken) => Terminal.RunAsync(async output =>
        {
            var place = new AuditPlace(
                parsed.GetValue(paths) ?? [], parsed.GetValue(storage), parsed.GetValue(account), parsed.GetRequiredValue(container),
                parsed.GetValue(session));
            var audited = await CollectAsync(place, cancellationToken);

            await (parsed.GetValue(json) ? AuditOutput.WriteJsonAsync(output, audited) : AuditOutput.WriteTextAsync(output, audited));
            return audited.Exists(one => !one.Report.IsClean) ? 1 : 0;
        }));
        return command;
    }

    private static async Task<List<(string Source, AuditReport Report)>> CollectAsync(AuditPlace place, CancellationToken cancellationToken)
    {
        try
        {
            var audited = new List<(string Source, AuditReport Report)>();
            await foreach (var one in place.AuditAsync(cancellationToken))
            {
                audited.Add(one);
            }

            return audited;
        }
        catch (OperationCanceledException)
        {
            throw new UnusableInputException("interrupted: nothing is proven");
        }
    }
}
