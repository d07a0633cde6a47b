using System.Net;
using System.Net.Sockets;

namespace Holdfast.Tests.Support;

/// <summary>
/// A TCP proxy on loopback that passes bytes to a service and loses answers on demand: the service has then done what it was asked for,
/// and the caller sees a reset connection.
/// </summary>
public sealed class LoopbackProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _target;
    private readonly Task _accepting;
    private int _answersToLose;
    private int _answersLost;

    private LoopbackProxy(Uri target)
    {
        _target = new IPEndPoint(IPAddress.Parse(target.Host), target.Port);
        _listener.Start();
        Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Endpoint { get; }

    public int AnswersLost => Volatile.Read(ref _answersLost);

    public static LoopbackProxy StartFor(Uri target) => new(target);

    /// <summary>The next answers are read from the service and thrown away with their connections.</summary>
    public void LoseNextAnswers(int count) => Volatile.Write(ref _answersToLose, count);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await far.ConnectAsync(_target, _stop.Token);
            await Task.WhenAny(PumpAsync(near, far, isAnswer: false), PumpAsync(far, near, isAnswer: true));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The service is away: the caller sees its connection end.
        }

        // A reset, not an orderly end: nobody may take it for an answer.
        near.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                if (isAnswer && TakeLoss())
                {
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side went: the other pump ends with the connection.
        }
    }

    private bool TakeLoss()
    {
        for (var left = Volatile.Read(ref _answersToLose); left > 0; left = Volatile.Read(ref _answersToLose))
        {
            if (Interlocked.CompareExchange(ref _answersToLose, left - 1, left) == left)
            {
                Interlocked.Increment(ref _answersLost);
                return true;
            }
        }

        return false;
    }
}
