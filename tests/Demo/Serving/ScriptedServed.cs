using Holdfast.Harness;
using Holdfast.Peers.Bedrock;
using Holdfast.Tests.Support;

namespace Holdfast.Demo.Serving;

/// <summary>A stage of scripted platforms, for whoever has no accounts: the model answers with what it was told, word by word.</summary>
internal sealed class ScriptedServed : IServed
{
    private static readonly TimeSpan BetweenWords = TimeSpan.FromMilliseconds(50);
    private readonly Stage _stage;
    private readonly string? _bedrockModel;
    private int _slackSeen;
    private int _commentsSeen;

    private ScriptedServed(Stage stage, string contentRoot, string? bedrockModel) =>
        (_stage, ContentRoot, _bedrockModel) = (stage, contentRoot, bedrockModel);

    public string ContentRoot { get; }

    public IReadOnlyDictionary<string, string?> Settings
    {
        get
        {
            var settings = new Dictionary<string, string?>(_stage.Settings) { ["AzureWebJobsScriptRoot"] = ContentRoot };
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
        $"Slack:     scripted, {_stage.Slack.ApiUri}; the signing secret is {Stage.SlackSecret}",
        $"GitHub:    scripted, {_stage.GitHub.BaseUri}; the secret of the hook 'github' is {Stage.HookSecret}",
        $"Storage:   Azurite on {_stage.Azurite.Endpoint}, its files in .holdfast/up/azurite",
        "For accounts of your own, copy local.settings.sample.json to local.settings.json and",
        "src/Functions/holdfast.sample.json to holdfast.json, and start again.",
    ];

    public static async Task<ScriptedServed> SetUpAsync(string folder, string? bedrockModel)
    {
        var stage = await Stage.SetUpAsync(folder);
        stage.Bedrock.Selector = Repeat;
        var contentRoot = Directory.CreateDirectory(Path.Combine(folder, "app")).FullName;
        File.Copy(RepositoryRoot.PathOf("host.json"), Path.Combine(contentRoot, "host.json"), overwrite: true);
        var configuration = StageConfiguration.Default(stage, json =>
        {
            if (bedrockModel is not null)
            {
                RealBedrock.Choose(json, bedrockModel);
            }
        });
        await File.WriteAllTextAsync(Path.Combine(contentRoot, "holdfast.json"), configuration);
        return new ScriptedServed(stage, contentRoot, bedrockModel);
    }

    public IReadOnlyList<string> TakePosts()
    {
        var slack = _stage.Slack.Messages.Skip(_slackSeen).ToList();
        var comments = _stage.GitHub.Comments.Skip(_commentsSeen).ToList();
        (_slackSeen, _commentsSeen) = (_slackSeen + slack.Count, _commentsSeen + comments.Count);
        return
        [
            .. slack.Select(message => $"Slack got in {message.Channel}: {message.Text}"),
            .. comments.Select(comment => $"GitHub got on {comment.Repository}#{comment.IssueNumber}: {comment.Body}"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await KeptAzurite.EndAsync(_stage.Azurite);
        await _stage.DisposeAsync();
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
