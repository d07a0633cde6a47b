using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Holdfast.Audit;
using Holdfast.Delivery;
using Holdfast.Peers.Bedrock;
using Holdfast.Peers.GitHub;
using Holdfast.Peers.Slack;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;
using Holdfast.Tests.Support;
using Holdfast.Transcripts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Harness;

/// <summary>Everything around the app: Azurite, the scripted peers, and a way to look into the store. One folder holds it all.</summary>
public sealed class AppFixture : IAsyncDisposable
{
    public const string SlackSecret = "slack-signing-secret-of-this-fixture";
    public const string HookSecret = "hook-secret-of-this-fixture";

    /// <summary>
    /// An endpoint's try on storage may last this long, on a slow machine or behind a faulty network, before its message is pending.
    /// </summary>
    public static readonly TimeSpan OrderTolerance = TimeSpan.FromSeconds(60);

    private readonly List<HoldfastApp> _apps = [];
    private readonly bool _keepsFolder;
    private int _folders;

    private AppFixture(string folder, bool keepsFolder) => (Folder, _keepsFolder) = (folder, keepsFolder);

    public string Folder { get; }

    public Azurite Azurite { get; private set; } = null!;

    public ScriptedBedrock Bedrock { get; private set; } = null!;

    public ScriptedSlack Slack { get; private set; } = null!;

    public ScriptedGitHub GitHub { get; private set; } = null!;

    /// <summary>The store as the app sees it.</summary>
    public IBlobContainer Blobs { get; private set; } = null!;

    public ReceiptStore Receipts => new(Blobs);

    public OutboxStore Outbox => new(Blobs);

    public SessionDirectory Sessions => new(Blobs, IdSource.System);

    /// <param name="folder">Null for a temporary one that goes with the fixture.</param>
    public static async Task<AppFixture> SetUpAsync(string? folder = null)
    {
        var fixture = new AppFixture(folder ?? Directory.CreateTempSubdirectory("holdfast-").FullName, keepsFolder: folder is not null);
        Directory.CreateDirectory(Path.Combine(fixture.Folder, "azurite"));
        fixture.Azurite = await Azurite.StartAsync(Path.Combine(fixture.Folder, "azurite"));
        fixture.Bedrock = await ScriptedBedrock.StartAsync();
        fixture.Slack = await ScriptedSlack.StartAsync();
        fixture.GitHub = await ScriptedGitHub.StartAsync();
        var options = Options.Create(new StorageOptions { ConnectionString = fixture.Azurite.ConnectionString });
        fixture.Blobs = new AzureBlobContainer(options, NullLogger<AzureBlobContainer>.Instance);
        await fixture.Blobs.EnsureExistsAsync(CancellationToken.None);
        return fixture;
    }

    /// <summary>Starts the app on this fixture.</summary>
    /// <param name="configuration">Null for <see cref="AppConfiguration.Default"/>.</param>
    /// <param name="settings">Further settings; they win.</param>
    /// <param name="deployment">
    /// A deployment of its own beside the others on the same store: its own task hub, so its own orchestration of each session. Null for
    /// the
    /// one of host.json.
    /// </param>
    public async Task<HoldfastApp> StartAppAsync(
        AppConfiguration? configuration = null, IReadOnlyDictionary<string, string?>? settings = null, string? deployment = null)
    {
        var environment = new Dictionary<string, string?>(Settings);
        if (deployment is not null)
        {
            environment["AzureFunctionsJobHost__extensions__durableTask__hubName"] = deployment;
        }

        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            environment[name] = value;
        }

        var folder = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"app-{++_folders}"));
        var app = await HoldfastApp.StartAsync(folder, configuration ?? AppConfiguration.Default(this), environment);
        _apps.Add(app);
        return app;
    }

    /// <summary>Signs and posts a message in a Slack thread, as Slack would.</summary>
    public static Task<HttpResponseMessage> SendSlackAsync(HoldfastApp app, string channel, string text, string ts, string? threadTs = null)
    {
        var slackEvent = new Dictionary<string, object?>
        {
            ["type"] = "app_mention",
            ["user"] = "U1",
            ["text"] = $"<@{ScriptedSlack.BotUserId}> {text}",
            ["ts"] = ts,
            ["channel"] = channel,
            ["event_ts"] = ts,
        };
        if (threadTs is not null)
        {
            slackEvent["thread_ts"] = threadTs;
        }

        var body = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["type"] = "event_callback",
            ["team_id"] = ScriptedSlack.TeamId,
            ["api_app_id"] = ScriptedSlack.AppId,
            ["event_id"] = "Ev" + ts.Replace(".", "", StringComparison.Ordinal),
            ["event_time"] = long.Parse(ts.Split('.')[0], CultureInfo.InvariantCulture),
            ["authorizations"] = new object[] { new { team_id = ScriptedSlack.TeamId, user_id = ScriptedSlack.BotUserId, is_bot = true } },
            ["event"] = slackEvent,
        });
        return SendSlackAsync(app, body, DateTimeOffset.UtcNow, SlackSecret);
    }

    /// <summary>Posts any body to the Slack endpoint, signed with any secret at any time.</summary>
    public static Task<HttpResponseMessage> SendSlackAsync(HoldfastApp app, string body, DateTimeOffset signedAt, string secret)
    {
        var timestamp = signedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, "api/slack/events")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        request.Headers.Add("X-Slack-Signature", "v0=" + Hmac(secret, $"v0:{timestamp}:{body}"));
        return app.Http.SendAsync(request);
    }

    /// <summary>Signs and posts a webhook delivery, as GitHub would.</summary>
    public static Task<HttpResponseMessage> SendHookAsync(
        HoldfastApp app, string hook, string body, string eventName, string deliveryId, string secret = HookSecret)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "api/hooks/" + hook)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-GitHub-Event", eventName);
        request.Headers.Add("X-GitHub-Delivery", deliveryId);
        request.Headers.Add("X-Hub-Signature-256", "sha256=" + Hmac(secret, body));
        return app.Http.SendAsync(request);
    }

    /// <summary>Posts a message over plain HTTP.</summary>
    public static Task<HttpResponseMessage> PostAsync(HoldfastApp app, string sessionKey, string text, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"api/sessions/{Uri.EscapeDataString(sessionKey)}/messages")
        {
            Content = JsonContent.Create(new { text }),
        };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return app.Http.SendAsync(request);
    }

    /// <summary>The turn that an endpoint's answer names.</summary>
    public static async Task<TurnId> TurnOfAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("turnId", out var turn) || json.RootElement.TryGetProperty("TurnId", out turn)
            ? TurnId.Parse(turn.GetString()!)
            : throw new InvalidDataException($"No turn in the answer {(int)answer.StatusCode}: {body}");
    }

    /// <summary>Waits for the proof that a turn finished.</summary>
    public async Task<Receipt> ReceiptAsync(TurnId turn, TimeSpan within)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await Receipts.FindAsync(turn, CancellationToken.None) is var receipt)
        {
            if (receipt is not null)
            {
                return receipt;
            }

            if (TimeProvider.System.GetElapsedTime(started) > within)
            {
                throw new TimeoutException(
                    $"Turn {turn} has no receipt after {within}.\n"
                        + string.Join('\n', _apps.SelectMany(app => app.Process.Lines.TakeLast(30))));
            }

            await Task.Delay(50);
        }

        throw new System.Diagnostics.UnreachableException();
    }

    /// <summary>All entries of a session, from its first segment to the active one.</summary>
    public async Task<IReadOnlyList<TranscriptEntry>> TranscriptAsync(string sessionKey)
    {
        var record = await Sessions.FindAsync(SessionKey.Parse(sessionKey), CancellationToken.None)
            ?? throw new InvalidDataException("No such session.");
        var entries = new List<TranscriptEntry>();
        for (var segment = 0; ; segment++)
        {
            if (await Blobs.ReadAsync(
                TranscriptPaths.Segment(record.SessionId, segment), 0, null, CancellationToken.None) is not { } snapshot)
            {
                return entries;
            }

            entries.AddRange(TranscriptLineParser.Parse(snapshot.Content).Entries);
        }
    }

    /// <summary>Names of all blobs below a prefix.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string prefix)
    {
        var names = new List<string>();
        await foreach (var row in Blobs.ListAsync(prefix, CancellationToken.None))
        {
            names.Add(row.Path.Value);
        }

        return names;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        await Bedrock.DisposeAsync();
        await Slack.DisposeAsync();
        await GitHub.DisposeAsync();

        // A folder that is kept is served from, and Ctrl-C ends its Azurite with everything else.
        var faults = _keepsFolder ? [] : await AuditAsync();
        await Azurite.DisposeAsync();
        if (!_keepsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }

        if (faults.Count > 0)
        {
            throw new InvalidDataException("The audit of the fixture's transcripts found faults:\n" + string.Join('\n', faults));
        }
    }

    /// <summary>
    /// What an audit of every session finds, a sentence for each fault. The fixture's own end asks too, once the apps are gone.
    /// </summary>
    public Task<IReadOnlyList<string>> AuditAsync() =>
        new SessionAudit(Blobs) { OrderTolerance = OrderTolerance }.FaultsAsync(CancellationToken.None);

    /// <summary>The settings by which an app finds this fixture.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["AzureWebJobsStorage"] = Azurite.ConnectionString,
        // One machine needs no more, and polls a third as often. What a kill left behind is looked for sooner than in service.
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__partitionCount"] = "1",
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval"] = "00:00:05",
        ["Holdfast__Storage__ConnectionString"] = Azurite.ConnectionString,
        ["Holdfast__Config"] = "holdfast.json",
        ["HoldfastCronTickSchedule"] = "*/1 * * * * *",
        ["HoldfastInboxSweepSchedule"] = "*/2 * * * * *",
        ["SLACK_BOT_TOKEN"] = "xoxb-fixture",
        ["SLACK_SIGNING_SECRET"] = SlackSecret,
        ["GITHUB_WEBHOOK_SECRET"] = HookSecret,
        ["GITHUB_TOKEN"] = "ghp_stage",
        ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = Bedrock.Endpoint.ToString().TrimEnd('/'),
        ["AWS_REGION"] = "eu-central-1",
        ["AWS_ACCESS_KEY_ID"] = "AKIASTAGE",
        ["AWS_SECRET_ACCESS_KEY"] = "fixture-secret-access-key",
    };

    private static string Hmac(string secret, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));
}
