using Holdfast.LocalHost.Settings;

namespace Holdfast.LocalHost.Workers;

/// <summary>How an app's worker is started, as its build wrote it into worker.config.json.</summary>
/// <param name="AppFolder">The built app.</param>
/// <param name="Executable">For example <c>dotnet</c>.</param>
/// <param name="Entry">The file that it runs.</param>
internal sealed record WorkerDescription(string AppFolder, string Executable, string Entry)
{
    private const string FileName = "worker.config.json";

    /// <exception cref="StartUpException">There is no such folder or file, or it does not say what to start.</exception>
    public static WorkerDescription Read(string appFolder)
    {
        if (!Directory.Exists(appFolder))
        {
            throw new StartUpException($"{appFolder}: there is no such app folder.");
        }

        var path = Path.Combine(appFolder, FileName);
        var root = JsonFile.Read(path) ?? throw new StartUpException($"{path} is missing: this folder holds no built function app.");
        var description = JsonFile.Find(root, "description");
        string Value(string name) => (description is { } found ? JsonFile.Find(found, name)?.ToString() : null) is { Length: > 0 } value
            ? value
            : throw new StartUpException($"{path}: description.{name} is missing.");

        var entry = Path.Combine(appFolder, Value("defaultWorkerPath"));
        return File.Exists(entry)
            ? new WorkerDescription(appFolder, Value("defaultExecutablePath"), entry)
            : throw new StartUpException($"{path} names {entry}, which does not exist.");
    }
}
