using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests;

/// <summary>What others wrote, as the <c>holdfast</c> command prints it: text and nothing else.</summary>
public sealed class TerminalTests(RunningFixture fixture)
{
    private const string Evil = "\u001b[31mred\u009b2J\u001b]0;title\u0007\b\u007f\u202eturned\rover";

    [Fact]
    public async Task Tail_WhenAModelWritesEscapesAlsoInTwoParts_PrintsThemAsText()
    {
        const string Key = "agent:main:http:terminal";
        fixture.Model.Play("terminal-words", new BedrockScript(
            new BedrockStep.Text(
                ["whole " + Evil, " and split \u001b", "[32mgreen \u009b", "3J"], TimeSpan.FromSeconds(1)), new BedrockStep.MessageStop()));
        await fixture.ReceiptAsync(await fixture.PostAsync(Key, "terminal-words " + Evil));

        var run = await HoldfastCommand.RunAsync(
            "tail", "--once", Key, "--url", fixture.App.Http.BaseAddress!.ToString(), "--function-key", fixture.App.Key);

        ShouldBeText(run);
        run.Text.ShouldContain(@"assistant  whole \u001B[31mred");
        run.Text.ShouldContain(@" and split \u001B[32mgreen \u009B3J");
        run.ExitCode.ShouldBe(0, run.Text);
    }

    [Theory]
    [InlineData(200, 0, "status", "agent:main:http:x")]
    [InlineData(200, 0, "status", "agent:main:http:x", "--json")]
    [InlineData(202, 0, "send", "agent:main:http:x", "hello")]
    [InlineData(404, 1, "status", "agent:main:http:x")]
    [InlineData(404, 1, "send", "agent:main:http:x", "hello")]
    [InlineData(404, 1, "tail", "agent:main:http:x")]
    public async Task Command_WhenTheAppAnswersWithEscapes_PrintsThemAsText(int status, int exitCode, params string[] command)
    {
        await using var app = new EvilApp(status);

        var run = await HoldfastCommand.RunAsync([.. command, "--url", app.Url, "--function-key", "k"]);

        ShouldBeText(run);
        run.Text.ToUpperInvariant().ShouldContain(@"\U001B[31M");
        run.ExitCode.ShouldBe(exitCode, run.Text);
    }

    [Fact]
    public async Task Status_WhenSomethingWasSetAside_SaysSo()
    {
        await using var app = new EvilApp(200);

        (
            await HoldfastCommand.RunAsync(
                "status", "agent:main:http:x", "--url", app.Url, "--function-key",
                "k")).Lines.ShouldContain("set aside      2 that cannot be read");
    }

    [Theory]
    [InlineData("audit", "nowhere" + Evil)]
    [InlineData("audit", "--account-url", Evil)]
    [InlineData("no-command" + Evil)]
    public async Task Command_WhenWhatItIsGivenHoldsEscapes_SaysSoInText(params string[] command)
    {
        var run = await HoldfastCommand.RunAsync(command);

        ShouldBeText(run);
        run.Text.ShouldContain(@"\u001B[31m");
        run.ExitCode.ShouldBe(2, run.Text);
    }

    private static void ShouldBeText(HoldfastCommand run) =>
        run.Text.Where(character => character is not ('\n' or '\t') && (char.IsControl(character) || character == '\u202e')).ShouldBeEmpty(
            JsonSerializer.Serialize(run.Text));

    /// <summary>Whatever it is asked, it answers the same.</summary>
    private sealed class EvilApp : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _answering;

        public EvilApp(int status)
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
            }

            _listener.Prefixes.Add(Url);
            _listener.Start();
            _answering = AnswerAsync(status);
        }

        public string Url { get; }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _answering;
            _listener.Close();
        }

        private async Task AnswerAsync(int status)
        {
            var body = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
            {
                detail = Evil,
                TurnId = Evil,
                StatusQueryGetUri = Evil,
                sessionKey = Evil,
                sessionId = Evil,
                lifecycleRevision = 1,
                pendingMessages = 0,
                setAside = 2,
                progress = new { phase = Evil, runId = Evil, attempt = 1, characters = 1 },
                transcript = new { segment = 0, length = 1 },
                owner = new { runId = Evil, attempt = 1, epoch = 1, since = Evil, until = Evil },
                lease = Evil,
                orchestration = new { runtimeStatus = Evil, customStatus = new { phase = Evil } },
            }));
            try
            {
                while (true)
                {
                    var answer = (await _listener.GetContextAsync()).Response;
                    answer.StatusCode = status;
                    answer.ContentType = status < 400 ? "application/json" : "application/problem+json";
                    await answer.OutputStream.WriteAsync(body);
                    answer.Close();
                }
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
            {
                // Disposed.
            }
        }
    }
}
