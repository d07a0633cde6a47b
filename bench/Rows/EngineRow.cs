using System.Globalization;
using System.Net.Http.Json;
using Holdfast.Bench.Engine;
using Holdfast.Bench.Stage;
using Holdfast.Tests.Support;

namespace Holdfast.Bench.Rows;

/// <summary>Row 8: the embedded engine in a process of its own, against the same appends without an engine.</summary>
internal static class EngineRow
{
    private const double MaxRatio = 2;

    public static async Task<IReadOnlyList<BenchRow>> MeasureAsync(BenchStage stage, BenchOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("holdfast-bench-engine-").FullName;
        try
        {
            File.Copy(RepositoryRoot.PathOf("host.json"), Path.Combine(folder, "host.json"));
            var settings = new Dictionary<string, string?>
            {
                ["AzureWebJobsStorage"] = stage.Azurite.ConnectionString,
                ["Holdfast__Storage__Container"] = "engine",
                ["AzureWebJobsScriptRoot"] = folder,
            };
            const string Listening = "Listening on ";
            await using var process = ChildProcess.Start("dotnet", [typeof(EngineRow).Assembly.Location, "engine", "--port", "0"], folder, settings);
            var line = await process.WaitForLineAsync(text => text.Contains(Listening, StringComparison.Ordinal), TimeSpan.FromSeconds(60));
            var address = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim().TrimEnd('/') + "/");
            using var http = new HttpClient { BaseAddress = address };
            await RunAsync(http, options.IsQuick ? 30 : 100);
            return [RowOf(await RunAsync(http, options.IsQuick ? 30 : 100))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<EngineTimes> RunAsync(HttpClient http, int count)
    {
        using var answer = await http.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"api/measure/{count}"), UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<EngineTimes>() ?? throw new InvalidDataException("The engine's process answered nothing.");
    }

    private static BenchRow RowOf(EngineTimes times)
    {
        var (run, own) = (new Samples(), new Samples());
        times.Orchestrations.ToList().ForEach(run.Add);
        times.OwnTrips.ToList().ForEach(own.Add);
        var ratio = run.Median / own.Median;
        return new BenchRow(
            8,
            "embedded engine: orchestration of 5 trivial activities, one at a time",
            "≤ 2 × own round trips",
            string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} ×, {run.Median:0.0} ms"),
            ratio <= MaxRatio,
            [$"from the start asked for to its end known: {run}", $"its {EngineFunctions.OwnCalls} appends and creations alone: {own}"]);
    }
}
