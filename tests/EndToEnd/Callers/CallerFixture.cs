using System.Globalization;
using Holdfast.Harness;
using Shouldly;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Callers;

/// <summary>A fixture with one session that is worth reading, and a way to see that nobody touched anything.</summary>
public sealed class CallerFixture : RunningFixture
{
    /// <summary>The session that a caller wants to read or to change.</summary>
    public const string Session = "agent:main:http:private";

    /// <summary>Stands in its transcript; what holds this word read from it.</summary>
    public const string Secret = "open-sesame-4711";

    public int Port => App.Keyless.BaseAddress!.Port;

    /// <summary>The key that opens everything.</summary>
    public string Key => App.Http.DefaultRequestHeaders.GetValues("x-functions-key").Single();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await ReceiptAsync(await PostAsync(Session, Secret));
        (await (await App.TranscriptAsync(Session)).Content.ReadAsStringAsync()).ShouldContain(Secret);
    }

    /// <summary>Every blob with its version, every orchestration, and what was asked of the model and said to the platforms.</summary>
    public async Task<IReadOnlyList<string>> EverythingAsync()
    {
        var found = new List<string>();
        await foreach (var blob in AppFixture.Blobs.ListAsync("", CancellationToken.None))
        {
            found.Add($"{blob.Path} {blob.ETag}");
        }

        var instances = await (await App.Http.GetAsync("runtime/webhooks/durabletask/instances")).JsonAsync();
        found.AddRange(
            instances.EnumerateArray().Select(instance => $"{instance.GetProperty("instanceId")} {instance.GetProperty("runtimeStatus")}"));
        found.Add(string.Create(CultureInfo.InvariantCulture, $"{AppFixture.Bedrock.Requests.Count} requests of the model"));
        found.Add(
            string.Create(
                CultureInfo.InvariantCulture, $"{AppFixture.Slack.Calls.Count} calls of Slack, {AppFixture.GitHub.Calls.Count} of GitHub"));
        return found;
    }
}

/// <summary>One for all tests, one after the other: each sees that nothing changed while it ran.</summary>
[CollectionDefinition]
public sealed class OneCallerFixture : ICollectionFixture<CallerFixture>;
