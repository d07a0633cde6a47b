using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Worker.Tests;

/// <summary>A worker as a process of its own: this test program, told to serve.</summary>
public sealed class ProcessTests : IAsyncDisposable
{
    private const int TerminateSignal = 15;

    private readonly Process _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [TestProgram.ServeArgument, "--port", "0"])
    {
        RedirectStandardOutput = true,
    })!;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [Fact]
    public async Task Process_WhenItAnnouncesItsAddress_AcceptsRequests()
    {
        using var client = new HttpClient { BaseAddress = await AddressAsync() };
        client.BaseAddress.Host.ShouldBe("127.0.0.1");
        (await client.GetStringAsync("api/ping")).ShouldBe("pong");
    }

    [Fact]
    public async Task Terminate_WhenIdle_EndsAtOnceWithCodeZero()
    {
        await AddressAsync();
        Terminate();
        await Until.CompletesAsync(_process.WaitForExitAsync());
        _process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Terminate_WhenARequestRuns_CancelsItLetsItFinishAndTakesNoNewOnes()
    {
        var address = await AddressAsync();
        using var client = new HttpClient { BaseAddress = address };
        using var answer = await client.GetAsync("api/slow", HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Terminate();
        (await Until.CompletesAsync(answer.Content.ReadAsStringAsync())).ShouldBe("begun finished");
        await Until.CompletesAsync(_process.WaitForExitAsync());
        _process.ExitCode.ShouldBe(0);
        (await _process.StandardOutput.ReadToEndAsync()).ShouldContain("ended");
        await Should.ThrowAsync<HttpRequestException>(client.GetAsync("api/ping"));
    }

    private async Task<Uri> AddressAsync()
    {
        while (await Until.CompletesAsync(_process.StandardOutput.ReadLineAsync()) is { } line)
        {
            if (line.StartsWith("Listening on ", StringComparison.Ordinal))
            {
                return new Uri(line["Listening on ".Length..]);
            }
        }

        throw new InvalidOperationException("The worker ended before it listened.");
    }

    private void Terminate() => SendSignal(_process.Id, TerminateSignal).ShouldBe(0);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
