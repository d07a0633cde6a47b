using System.Runtime.InteropServices;
using Holdfast.Peers.Bedrock;
using Holdfast.Peers.GitHub;
using Holdfast.Peers.Slack;

// Scripted peers as a process of their own: Holdfast.Peers [--bedrock] [--slack] [--github] [--forget-bodies].
// Prints a line "NAME ADDRESS" for each peer, then "ready", and runs until SIGTERM or SIGINT. With --forget-bodies the Bedrock peer
// remembers sizes and summaries of requests only, so that a long run stays small.
var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
await using var bedrock = args.Contains("--bedrock")
    ? await ScriptedBedrock.StartAsync(keepBodies: !args.Contains("--forget-bodies"))
    : null;
await using var slack = args.Contains("--slack") ? await ScriptedSlack.StartAsync() : null;
await using var github = args.Contains("--github") ? await ScriptedGitHub.StartAsync() : null;
foreach (var (name, address) in new[] { ("bedrock", bedrock?.Endpoint), ("slack", slack?.BaseUri), ("github", github?.BaseUri) })
{
    if (address is not null)
    {
        Console.WriteLine($"{name} {address}");
    }
}

Console.WriteLine("ready");
await ended.Task;

void End(PosixSignalContext signal)
{
    // Not the runtime's abrupt end: the peers are disposed first.
    signal.Cancel = true;
    ended.TrySetResult();
}
