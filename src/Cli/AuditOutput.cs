using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Audit;

namespace Holdfast.Cli;

/// <summary>What <c>holdfast audit</c> prints. The JSON's shape is documented in docs/operations.md and changes by addition only.</summary>
internal static class AuditOutput
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>A line for each session, then its findings, numbered.</summary>
    public static async Task WriteTextAsync(TextWriter output, IReadOnlyList<(string Source, AuditReport Report)> audited)
    {
        var number = 0;
        foreach (var (source, report) in audited)
        {
            var totals = report.Totals;
            await output.WriteLineAsync(
                $"{(report.IsClean ? "ok   " : "FAULT")}  {source}  segments {totals.Segments}, entries {totals.Entries}, runs "
                    + $"{totals.Runs}, epochs {totals.Epochs}");
            foreach (var finding in report.Findings)
            {
                var kind = finding.IsFault ? finding.Promise : "note";
                await output.WriteLineAsync($"  {++number,3}. {finding.Segment}:{finding.Line}  {kind,-4}  {finding.Sentence}");
            }
        }

        var faults = audited.Sum(one => one.Report.Faults.Count());
        await output.WriteLineAsync(
            $"sessions {audited.Count}, faults {faults}, notes {audited.Sum(one => one.Report.Notes.Count())}"
                + (faults == 0 ? "" : "; the promises are listed in docs/invariants.md"));
    }

    public static Task WriteJsonAsync(TextWriter output, IReadOnlyList<(string Source, AuditReport Report)> audited)
    {
        var document = new AuditDocument(
            [.. audited.Select(
                one => new AuditedSession(
                    one.Report.Session, one.Source, one.Report.IsClean, one.Report.Totals, [.. one.Report.Findings]))],
            audited.Sum(one => one.Report.Faults.Count()),
            audited.Sum(one => one.Report.Notes.Count()));
        return output.WriteLineAsync(JsonSerializer.Serialize(document, Json));
    }

    private sealed record AuditDocument(IReadOnlyList<AuditedSession> Sessions, int Faults, int Notes);

    private sealed record AuditedSession(
        string Session, string Source, bool IsClean, AuditTotals Totals, IReadOnlyList<AuditFinding> Findings);
}
