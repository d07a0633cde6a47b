using System.Globalization;
using Holdfast.Harness;

namespace Holdfast.Tests.Faults.Weather;

/// <summary>
/// One deployment of the app: a process that is killed, frozen and started again, and the output of all its lives. Its own supervisor:
/// a process that ends by itself is started again, and that is counted, as a start may fail under faults of storage.
/// </summary>
public sealed class Deployment(string name, HoldfastApp app, Chronicle chronicle)
{
    private const int MaxStarts = 20;

    private readonly Lock _gate = new();
    private readonly List<string> _earlierLines = [];
    private readonly List<string> _deaths = [];

    public string Name => name;

    public HoldfastApp App => app;

    /// <summary>What it wrote, in all its lives.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _earlierLines, .. app.Process.Lines];
            }
        }
    }

    /// <summary>Ends of a process that nobody killed, after it had started. Each is a fault of the app.</summary>
    public IReadOnlyList<string> Deaths
    {
        get
        {
            lock (_gate)
            {
                return [.. _deaths];
            }
        }
    }

    public async Task KillAsync(TimeSpan away, CancellationToken stop)
    {
        NoteIfDead();
        chronicle.Note(FaultNames.Kill, name);
        if (!app.Process.HasExited)
        {
            await app.KillAsync();
        }

        await Task.Delay(away, stop);
        await StartAsync();
    }

    public async Task PauseAsync(TimeSpan duration, CancellationToken stop)
    {
        if (NoteIfDead())
        {
            await StartAsync();
        }

        chronicle.Note(FaultNames.Pause, string.Create(CultureInfo.InvariantCulture, $"{name} for {duration.TotalSeconds:0.0} s"));
        app.Process.Pause();
        try
        {
            await Task.Delay(duration, stop);
        }
        finally
        {
            app.Process.Resume();
            chronicle.Say($"{name} goes on");
        }
    }

    /// <summary>Starts it if an outage left it ended.</summary>
    public async Task EnsureStartedAsync()
    {
        if (app.Process.HasExited)
        {
            await StartAsync();
        }
    }

    /// <summary>Notes an end that nobody caused.</summary>
    public void Inspect() => NoteIfDead();

    private bool NoteIfDead()
    {
        if (!app.Process.HasExited)
        {
            return false;
        }

        lock (_gate)
        {
            _deaths.Add($"{name} ended by itself: {string.Join(" | ", app.Process.Lines.TakeLast(3))}");
        }

        return true;
    }

    private async Task StartAsync()
    {
        for (var start = 1; ; start++)
        {
            lock (_gate)
            {
                _earlierLines.AddRange(app.Process.Lines);
            }

            try
            {
                await app.RestartAsync();
                chronicle.Say($"{name} started as process {app.Process.Id}");
                return;
            }
            catch (TimeoutException) when (start < MaxStarts)
            {
                // Storage was away as it started; whoever runs it starts it again.
                chronicle.Note(FaultNames.FailedStart, name);
            }
        }
    }
}
