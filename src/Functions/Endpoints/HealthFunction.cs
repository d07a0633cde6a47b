using Holdfast.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Holdfast.Functions.Endpoints;

/// <summary><c>GET /api/health</c>: 200 while the blob store answers, 503 otherwise. Says nothing about what is stored.</summary>
public sealed partial class HealthFunction(IBlobContainer blobs, TimeProvider clock, ILogger<HealthFunction> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Function("Health")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await blobs.ReadAsync(BlobPath.Parse("health"), 0, maxBytes: 0, either.Token);
            return Results.Json(new { status = "healthy" });
        }
        catch (Exception fault) when (fault is StorageUnavailableException or OperationCanceledException)
        {
            LogUnhealthy(log, fault);
            return Results.Json(new { status = "unhealthy", storage = "unavailable" }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    [LoggerMessage(EventId = 2010, Level = LogLevel.Error, Message = "The blob store does not answer")]
    private static partial void LogUnhealthy(ILogger logger, Exception fault);
}
