using System.Net.Sockets;
using Holdfast.LocalHost.Functions;
using Holdfast.LocalHost.Workers.Protocol;

namespace Holdfast.LocalHost.Workers;

/// <summary>One life of the app: its process and its channel.</summary>
internal sealed partial class Worker : IAsyncDisposable
{
    private static readonly TimeSpan StepsWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(10);
    private readonly WorkerProcess _process;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private WorkerAbilities? _abilities;

    private Worker(string id, WorkerProcess process, WorkerChannel channel, TimeProvider clock, ILogger log) =>
        (Id, _process, Channel, _clock, _log) = (id, process, channel, clock, log);

    public string Id { get; }

    public WorkerChannel Channel { get; }

    public int ProcessId => _process.Id;

    public int ExitCode => _process.ExitCode;

    public IReadOnlyList<string> LastLines => _process.Lines;

    /// <summary>Once it has ended. A worker chooses a free port and listens there some time later: another process may be faster.</summary>
    public bool FoundItsPortTaken => LastLines.Any(line => line.Contains("address already in use", StringComparison.OrdinalIgnoreCase));

    /// <summary>Where it takes the requests of HTTP functions.</summary>
    public Uri HttpAddress => _abilities!.HttpAddress!;

    public static Worker Start(
        WorkerDescription app, string id, Uri channelAddress, string scriptRoot, TimeProvider clock, ILoggerFactory loggers)
    {
        var channel = new WorkerChannel(app.AppFolder, clock, new WorkerLog(loggers));
        return new Worker(id, WorkerProcess.Start(app, id, channelAddress, scriptRoot), channel, clock, loggers.CreateLogger<Worker>());
    }

    /// <summary>Waits until its functions are loaded.</summary>
    /// <exception cref="StartUpException">It ended before, or took too long.</exception>
    public async Task BecomeReadyAsync()
    {
        try
        {
            await Task.WhenAny(Channel.Connected, _process.Ended).WaitAsync(StepsWithin, _clock);
            var ready = _process.Ended.IsCompleted ? Task.CompletedTask : InitializeAsync();
            await Task.WhenAny(ready, _process.Ended).WaitAsync(StepsWithin, _clock);
            if (!_process.Ended.IsCompleted)
            {
                await ready;
                _process.PassLinesTo(line => LogLine(_log, line));
                return;
            }
        }
        catch (TimeoutException)
        {
            throw new StartUpException(
                $"The worker (process {ProcessId}) has not become ready. Its last lines:\n{string.Join('\n', LastLines)}");
        }

        await _process.ReadToEndAsync(_clock);
        throw new StartUpException(
            $"The worker ended with exit code {ExitCode} before it was ready. Its last lines:\n{string.Join('\n', LastLines)}");
    }

    /// <exception cref="StartUpException">It lacks the function, or takes no requests for it.</exception>
    public void Check(FunctionDefinition function)
    {
        if (!_abilities!.FunctionIds.ContainsKey(function.Name))
        {
            throw new StartUpException(
                $"Function {function.Name}: the app's build wrote it down, but the worker does not have it. Build the app again.");
        }

        if (function.IsHttp && _abilities.HttpAddress is null)
        {
            throw new StartUpException(
                $"Function {function.Name}: the worker takes no requests; the app has to call ConfigureFunctionsWebApplication.");
        }
    }

    /// <summary>Waits for its end. A worker whose stream has ended is of no use, and is ended.</summary>
    /// <param name="onEnding">Called before whoever waits for this worker learns of it.</param>
    public async Task EndAsync(Action onEnding)
    {
        var first = await Task.WhenAny(_process.Ended, Channel.Closed);
        onEnding();
        Channel.Close();
        if (first != _process.Ended)
        {
            await KillUnlessEndedAsync(EndsWithin);
        }

        await _process.ReadToEndAsync(_clock);
    }

    /// <exception cref="WorkerProcessExitException">The worker ended.</exception>
    /// <exception cref="FunctionFailedException">The function threw.</exception>
    /// <exception cref="OperationCanceledException">The function obeyed <paramref name="cancellationToken"/>.</exception>
    public async Task<TypedData?> InvokeAsync(
        FunctionDefinition function, Invocation invocation, IEnumerable<ParameterBinding> inputs, CancellationToken cancellationToken)
    {
        var request = new InvocationRequest
        {
            FunctionId = _abilities!.FunctionIds[function.Name],
            InvocationId = invocation.Id,
            TraceContext = new RpcTraceContext { TraceParent = invocation.TraceParent },
        };
        request.InputData.AddRange(inputs);
        foreach (var (name, value) in invocation.Metadata)
        {
            request.TriggerMetadata[name] = new TypedData { String = value };
        }

        var started = _clock.GetTimestamp();
        LogStarted(_log, function.LogLevel, function.Name, invocation.Id);
        var response = await Channel.InvokeAsync(request, cancellationToken);
        var elapsed = _clock.GetElapsedTime(started);
        LogEnded(_log, function.LogLevel, function.Name, invocation.Id, response.Result.Status, elapsed);
        return response.Result.Status switch
        {
            StatusResult.Types.Status.Success => response.ReturnValue,
            StatusResult.Types.Status.Cancelled => throw new OperationCanceledException(response.Result.Result),
            _ =>
                throw new FunctionFailedException(
                    response.Result.Result, response.Result.Exception?.Message ?? "", response.Result.Exception?.StackTrace ?? ""),
        };
    }

    /// <summary>Asks it to end, and ends it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.Ended.IsCompleted)
        {
            Channel.Terminate();
            await KillUnlessEndedAsync(Channel.Connected.IsCompleted ? EndsWithin : TimeSpan.Zero);
        }

        Channel.Close();
        _process.Dispose();
    }

    private async Task InitializeAsync()
    {
        _abilities = await Channel.InitializeAsync();
        while (_abilities.HttpAddress is { } address && !await AcceptsAsync(address))
        {
            await Task.Delay(BetweenTries, _clock);
        }
    }

    /// <summary>A worker names its address before it listens there.</summary>
    private static async Task<bool> AcceptsAsync(Uri address)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task KillUnlessEndedAsync(TimeSpan within)
    {
        try
        {
            await _process.Ended.WaitAsync(within, _clock);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await _process.Ended;
        }
    }
}
