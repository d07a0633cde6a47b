using System.Text.Json;
using Holdfast.Tests.Support;

namespace Holdfast.Demo.Serving;

/// <summary>
/// The repository's own local.settings.json and holdfast.json. Where the settings ask for the storage emulator, an Azurite on a free
/// port takes its place; any other storage is left alone.
/// </summary>
internal sealed class LocalSettingsServed : IServed
{
    private const string Emulator = "UseDevelopmentStorage=true";
    private static readonly string[] StorageSettings = ["AzureWebJobsStorage", "Holdfast__Storage__ConnectionString"];
    private readonly Dictionary<string, string?> _settings = [];
    private readonly IReadOnlyList<string> _emulated;
    private Azurite? _azurite;

    private LocalSettingsServed(IReadOnlyList<string> emulated) => _emulated = emulated;

    public string ContentRoot => RepositoryRoot.Folder;

    public IReadOnlyDictionary<string, string?> Settings => _settings;

    public IReadOnlyList<string> Description =>
    [
        "Settings:  local.settings.json",
        _azurite is null
            ? "Storage:   as the settings say"
            : $"Storage:   Azurite on {_azurite.Endpoint}, its files in .holdfast/up/azurite",
    ];

    /// <returns>Null when there is no such file.</returns>
    public static LocalSettingsServed? Find()
    {
        var file = RepositoryRoot.PathOf("local.settings.json");
        if (!File.Exists(file))
        {
            return null;
        }

        using var json = JsonDocument.Parse(
            File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var values = json.RootElement.TryGetProperty("Values", out var found) ? found : default;
        return new LocalSettingsServed(
            [.. StorageSettings.Where(name => values.ValueKind == JsonValueKind.Object
                && values.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                && value.GetString()!.Trim(' ', ';') == Emulator)]);
    }

    public async Task<LocalSettingsServed> SetUpAsync(string folder)
    {
        if (_emulated.Count > 0)
        {
            var blobs = Directory.CreateDirectory(Path.Combine(folder, "azurite"));
            _azurite = await Azurite.StartAsync(blobs.FullName);
        }

        // What stands in the environment wins over the file.
        foreach (var name in _emulated)
        {
            _settings[name] = _azurite!.ConnectionString;
        }

        return this;
    }

    public IReadOnlyList<string> TakePosts() => [];

    public async ValueTask DisposeAsync()
    {
        if (_azurite is not null)
        {
            await KeptAzurite.EndAsync(_azurite);
        }
    }
}
