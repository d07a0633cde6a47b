using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Holdfast.LocalHost.Workers.Protocol;

namespace Holdfast.LocalHost.Workers;

/// <summary>The host's side of one worker's stream of messages.</summary>
internal sealed class WorkerChannel(string appFolder, TimeProvider clock, WorkerLog log)
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(60);

    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>(
        new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _questions = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> _invocations = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _questionsAsked;

    /// <summary>Completes when the worker has opened its stream.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Completes when the stream has ended, and never otherwise.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Passes messages until either side ends the stream.</summary>
    public async Task ServeAsync(
        IAsyncStreamReader<StreamingMessage> incoming, IServerStreamWriter<StreamingMessage> outgoing, CancellationToken cancellationToken)
    {
        _connected.TrySetResult();
        var writing = WriteAsync(outgoing, cancellationToken);
        try
        {
            while (await incoming.MoveNext(cancellationToken))
            {
                Take(incoming.Current);
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or RpcException)
        {
            // The worker's end of the stream went with its process.
        }

        _closed.TrySetResult();
        _outgoing.Writer.TryComplete();
        await writing;
    }

    /// <summary>Nothing more comes of it: whoever waits for an answer must know. Doing it twice does nothing more.</summary>
    public void Close()
    {
        _outgoing.Writer.TryComplete();
        foreach (var id in _invocations.Keys)
        {
            if (_invocations.TryRemove(id, out var waiting))
            {
                waiting.TrySetException(new WorkerProcessExitException());
            }
        }
    }

    /// <summary>Asks the worker what it can, which functions it has, and to load them.</summary>
    /// <returns>Its capabilities, and the ids of its functions by their names.</returns>
    /// <exception cref="StartUpException">It refused.</exception>
    public async Task<WorkerAbilities> InitializeAsync()
    {
        // The version says which protocol the host speaks: the one that worker 2.x was made for.
        var start = new WorkerInitRequest { HostVersion = "4.1045.0", WorkerDirectory = appFolder, FunctionAppDirectory = appFolder };
        var init = (await AskAsync(new StreamingMessage { WorkerInitRequest = start })).WorkerInitResponse;
        Check(init.Result);
        var request = new FunctionsMetadataRequest { FunctionAppDirectory = appFolder };
        var metadata = (await AskAsync(new StreamingMessage { FunctionsMetadataRequest = request })).FunctionMetadataResponse;
        Check(metadata.Result);
        var functions = metadata.FunctionMetadataResults;
        var loads = await Task.WhenAll(functions.Select(function =>
            AskAsync(
                new StreamingMessage
                {
                    FunctionLoadRequest = new FunctionLoadRequest
                    {
                        FunctionId = function.FunctionId,
                        Metadata = function
                    }
                })));
        Array.ForEach(loads, load => Check(load.FunctionLoadResponse.Result));
        return new WorkerAbilities(
            init.Capabilities.TryGetValue("HttpUri", out var address) ? new Uri(address) : null,
            functions.ToDictionary(function => function.Name, function => function.FunctionId));
    }

    /// <exception cref="WorkerProcessExitException">The stream ended before an answer came.</exception>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<InvocationResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        _invocations[request.InvocationId] = answer;
        if (!Send(new StreamingMessage { RequestId = request.InvocationId, InvocationRequest = request }))
        {
            Close();
        }

        await using var cancel = cancellationToken.UnsafeRegister(_ => Cancel(request.InvocationId), null);
        return await answer.Task;
    }

    public void Terminate() => Send(new StreamingMessage { WorkerTerminate = new WorkerTerminate() });

    private void Cancel(string invocationId) =>
        Send(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = invocationId } });

    private bool Send(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> outgoing, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken))
            {
                await outgoing.WriteAsync(message, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or InvalidOperationException or RpcException)
        {
            // As above: the reading side sees it too.
        }
    }

    private void Take(StreamingMessage message)
    {
        if (message.RpcLog is { } entry)
        {
            log.Write(entry);
        }
        else if (message.InvocationResponse is { } response)
        {
            if (_invocations.TryRemove(response.InvocationId, out var invocation))
            {
                invocation.TrySetResult(response);
            }
        }
        else if (_questions.TryRemove(message.RequestId, out var question))
        {
            question.TrySetResult(message);
        }
    }

    private async Task<StreamingMessage> AskAsync(StreamingMessage message)
    {
        message.RequestId = $"host-{Interlocked.Increment(ref _questionsAsked)}";
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions[message.RequestId] = answer;
        Send(message);
        return await answer.Task.WaitAsync(AnswersWithin, clock);
    }

    private static void Check(StatusResult result)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new StartUpException($"The worker does not start: {result.Result} {result.Exception?.Message}");
        }
    }
}

/// <summary>What a worker said of itself.</summary>
/// <param name="HttpAddress">Where it takes the requests of HTTP functions; null when the app has none.</param>
/// <param name="FunctionIds">The ids of its functions by their names.</param>
internal sealed record WorkerAbilities(Uri? HttpAddress, IReadOnlyDictionary<string, string> FunctionIds);
