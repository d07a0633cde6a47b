using System.Globalization;
using Holdfast.Audit;
using Holdfast.Delivery;
using Holdfast.Harness;
using Spectre.Console;

namespace Holdfast.Demo.Showing;

/// <summary>The receipts as a table: a column for each scene, as ids are long.</summary>
internal static class SceneTable
{
    /// <param name="audits">What the audit says of each scene's transcript, in the same order.</param>
    public static Table Of(IReadOnlyList<(Scene Scene, Receipt Receipt)> ended, IReadOnlyList<AuditReport> audits)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (var (scene, _) in ended)
        {
            table.AddColumn(new TableColumn($"[bold]{Markup.Escape(scene.Name)}[/]"));
        }

        Row("channel", (_, receipt) => receipt.Channel);
        Row("session key", (_, receipt) => receipt.SessionKey.Value);
        Row("instance id", (scene, _) => AppCalls.InstanceOf(scene.SessionKey.Value));
        Row("run id", (_, receipt) => receipt.RunId.Value);
        Row("ended as", (_, receipt) => receipt.Ending.ToString());
        Row("deltas", (_, receipt) => Number(receipt.Tally.Deltas));
        Row("tool calls", (_, receipt) => Number(receipt.Tally.ToolCalls));
        Row("claims", (_, receipt) => Number(receipt.Tally.Claims));
        Row("verdicts", (_, receipt) => Verdicts(receipt));
        Row("delivered as", (_, receipt) => string.Join(", ", receipt.DeliveredAs));
        table.AddRow([new Text("audit"), .. audits.Select(audit => new Text(Audit(audit)))]);
        return table;

        void Row(string name, Func<Scene, Receipt, string> value) =>
            // Plain texts: markup would make pictures of words between colons.
            table.AddRow([new Text(name), .. ended.Select(end => new Text(value(end.Scene, end.Receipt)))]);
    }

    private static string Audit(AuditReport audit) => audit.IsClean
        ? string.Create(CultureInfo.InvariantCulture, $"ok: {audit.Totals.Entries} entries, {audit.Totals.Epochs} epochs")
        : string.Create(CultureInfo.InvariantCulture, $"{audit.Faults.Count()} faults");

    private static string Verdicts(Receipt receipt) => receipt.Tally.Verdicts.IsEmpty
        ? "none: no write was refused"
        : string.Join(", ", receipt.Tally.Verdicts.Select(verdict => $"{verdict.Key} {Number(verdict.Value)}"));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
