using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Tests.Support;

namespace Holdfast.Demo.Serving;

/// <summary>A fixture of scripted platforms, for whoever has no accounts: the model answers with what it was told, word by word.</summary>
internal sealed class ScriptedServed : IServed
{
    private static readonly TimeSpan BetweenWords = TimeSpan.FromMilliseconds(50);
    private readonly AppFixture _fixture;
    private readonly string? _bedrockModel;
    private int _slackSeen;
    private int _commentsSeen;

    private ScriptedServed(AppFixture fixture, string contentRoot, string? bedrockModel) =>
        (_fixture, ContentRoot, _bedrockModel) = (fixture, contentRoot, bedrockModel);

    public string ContentRoot { get; }

    public IReadOnlyDictionary<string, string?> Settings
    {
        get
        {
            var settings = new Dictionary<string, string?>(_fixture.Settings) { ["AzureWebJobsScriptRoot"] = ContentRoot };
            foreach (var (name, value) in _bedrockModel is null ? new Dictionary<string, string?>() : RealBedrock.OwnSettings())
            {
                settings[name] = value;
            }

            return settings;
        }
    }

    public IReadOnlyList<string> Description =>
    [
        _bedrockModel is null ? "Model:     scripted; it repeats what it was told" : $"Model:     {_bedrockModel} on Amazon Bedrock",
        $"Slack:     scripted, {_fixture.Slack.ApiUri}; the signing secret is {AppFixture.SlackSecret}",
        $"GitHub:    scripted, {_fixture.GitHub.BaseUri}; the secret of the hook 'github' is {AppFixture.HookSecret}",
        $"Storage:   Azurite on {_fixture.Azurite.Endpoint}, its files in .holdfast/up/azurite",
        "For accounts of your own, copy local.settings.sample.json to local.settings.json and",
        "src/Functions/holdfast.sample.json to holdfast.json and src/Functions/agents to agents, and start again.",
    ];

    public static async Task<ScriptedServed> SetUpAsync(string folder, string? bedrockModel)
    {
        var fixture = await AppFixture.SetUpAsync(folder);
        fixture.Bedrock.Selector = Repeat;
        var contentRoot = Directory.CreateDirectory(Path.Combine(folder, "app")).FullName;
        File.Copy(RepositoryRoot.PathOf("host.json"), Path.Combine(contentRoot, "host.json"), overwrite: true);
        var configuration = AppConfiguration.Default(fixture, json =>
        {
            if (bedrockModel is not null)
            {
                RealBedrock.Choose(json, bedrockModel);
            }
        });
        await configuration.WriteAsync(contentRoot);
        return new ScriptedServed(fixture, contentRoot, bedrockModel);
    }

    public IReadOnlyList<string> TakePosts()
    {
        var slack = _fixture.Slack.Messages.Skip(_slackSeen).ToList();
        var comments = _fixture.GitHub.Comments.Skip(_commentsSeen).ToList();
        (_slackSeen, _commentsSeen) = (_slackSeen + slack.Count, _commentsSeen + comments.Count);
        return
        [
            .. slack.Select(message => $"Slack got in {message.Channel}: {message.Text}"),
            .. comments.Select(comment => $"GitHub got on {comment.Repository}#{comment.IssueNumber}: {comment.Body}"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await KeptAzurite.EndAsync(_fixture.Azurite);
        await _fixture.DisposeAsync();
    }

    private static BedrockScript Repeat(BedrockRequest request)
    {
        var words = $"You said: {request.LastUserText}".Split(' ');
        return new BedrockScript(
            new BedrockStep.Text([.. words.Select((word, index) => index == 0 ? word : " " + word)], BetweenWords),
            new BedrockStep.MessageStop(),
            new BedrockStep.Metadata());
    }
}
