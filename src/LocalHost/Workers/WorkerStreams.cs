using Grpc.Core;
using Holdfast.LocalHost.Workers.Protocol;

namespace Holdfast.LocalHost.Workers;

/// <summary>Takes the streams that workers open: only of those that this host has started.</summary>
internal sealed class WorkerStreams(WorkerSupervisor workers) : FunctionRpc.FunctionRpcBase
{
    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken)
            || requestStream.Current.StartStream is not { } start
            || workers.Find(start.WorkerId) is not { } worker)
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied, "This host has started no such worker."));
        }

        await worker.Channel.ServeAsync(requestStream, responseStream, context.CancellationToken);
    }
}
