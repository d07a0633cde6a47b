using System.Diagnostics;
using System.Text;

namespace Holdfast.Bench.Fixtures;

/// <summary>The least that a program can do with a stream: read its bytes. A process of its own; prints what each read cost.</summary>
internal static class BareReader
{
    /// <summary>Stands before the CPU time of one read, in milliseconds.</summary>
    public const string Prefix = "read in ms of CPU: ";

    public static async Task<int> RunAsync(Uri bedrock, int count)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var self = Process.GetCurrentProcess();
        var buffer = new byte[16 * 1024];
        for (var number = 0; number < count; number++)
        {
            var before = self.TotalProcessorTime;
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bedrock, "model/bench.reader/converse-stream"))
            {
                Content = new StringContent(
                    """{"messages":[{"role":"user","content":[{"text":"bare"}]}]}""", Encoding.UTF8, "application/json"),
            };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await using var stream = await answer.Content.ReadAsStreamAsync();
            while (await stream.ReadAsync(buffer) > 0)
            {
                // Nothing is less than nothing.
            }

            self.Refresh();
            Console.WriteLine(
                Prefix + (self.TotalProcessorTime - before).TotalMilliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return 0;
    }
}
