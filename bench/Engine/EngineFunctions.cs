using System.Diagnostics;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;

namespace Holdfast.Bench.Engine;

/// <summary>Measured in the engine's own process. Milliseconds.</summary>
public sealed record EngineTimes(IReadOnlyList<double> Orchestrations, IReadOnlyList<double> OwnTrips);

/// <summary>A trivial orchestration, and the door that runs and times it.</summary>
public sealed class EngineFunctions(IConfiguration settings)
{
    /// <summary>One creation, an append for the first step, and one for each activity's answer with what follows from it.</summary>
    internal const int OwnCalls = 1 + 1 + Activities;

    private const int Activities = 5;
    private static readonly byte[] Lines = Encoding.UTF8.GetBytes(new string('l', 400) + "\n");

    [Function("FiveSteps")]
    public static async Task<int> RunStepsAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var number = 0;
        for (var step = 0; step < Activities; step++)
        {
            number = await context.CallActivityAsync<int>("Step", number);
        }

        return number;
    }

    [Function("Step")]
    public static int Step([ActivityTrigger] int number) => number + 1;

    [Function("Measure")]
    public async Task<IResult> MeasureAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "measure/{count:int}")] HttpRequest request,
        int count,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken)
    {
        var container = new BlobContainerClient(settings["AzureWebJobsStorage"], settings["Holdfast:Storage:Container"]);
        var (orchestrations, trips) = (new List<double>(), new List<double>());
        for (var round = 0; round < count; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var id = await client.ScheduleNewOrchestrationInstanceAsync("FiveSteps", null, null, cancellationToken);
            var ended = await client.WaitForInstanceCompletionAsync(id, true, cancellationToken);
            orchestrations.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (ended.ReadOutputAs<int>() != Activities)
            {
                return Results.Problem("The orchestration gave another number.");
            }

            started = Stopwatch.GetTimestamp();
            await MakeOwnTripsAsync(container.GetAppendBlobClient($"trips/{id}"), cancellationToken);
            trips.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return Results.Json(new EngineTimes(orchestrations, trips));
    }

    private static async Task MakeOwnTripsAsync(AppendBlobClient blob, CancellationToken cancellationToken)
    {
        var options = new AppendBlobCreateOptions
        {
            Metadata = new Dictionary<string, string> { ["start"] = new string('s', 300) },
            Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All },
        };
        var etag = (await blob.CreateAsync(options, cancellationToken)).Value.ETag;
        for (var call = 1; call < OwnCalls; call++)
        {
            using var content = new MemoryStream(Lines, writable: false);
            var conditions = new AppendBlobRequestConditions { IfMatch = etag, IfAppendPositionEqual = (call - 1) * Lines.Length };
            var appended = await blob.AppendBlockAsync(content, new AppendBlobAppendBlockOptions { Conditions = conditions }, cancellationToken);
            etag = appended.Value.ETag;
        }
    }
}
