using System.Text.Json.Nodes;
using Shouldly;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>
/// What a deployment of infra/ with some parameters would create, as the compiler predicts it without an account. What only the cloud
/// knows (an address, an id) stays in it as an expression in square brackets.
/// </summary>
public sealed class DeploymentSnapshot
{
    private readonly JsonObject _root;

    private DeploymentSnapshot(JsonObject root) => _root = root;

    /// <summary>All of it, to search in.</summary>
    public string Text => _root.ToJsonString();

    /// <summary>The outputs' names.</summary>
    public IReadOnlyList<string> Outputs => [.. _root["outputs"]!.AsObject().Select(output => output.Key)];

    /// <summary>The one function app.</summary>
    public JsonObject Site => OfType("Microsoft.Web/sites").Single();

    /// <summary>The app settings, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        OfType("Microsoft.Web/sites/config")
            .Single(config => config.NameOf().EndsWith("/appsettings", StringComparison.Ordinal))["properties"]!.AsObject()
            .ToDictionary(setting => setting.Key, setting => setting.Value!.GetValue<string>(), StringComparer.Ordinal);

    /// <param name="parameters">The lines of a parameter file behind its <c>using</c>.</param>
    public static DeploymentSnapshot Of(string parameters)
    {
        using var folder = new BicepFolder();
        foreach (var file in RepositoryTree.Below(".bicep", "infra"))
        {
            folder.Write(file.Path, file.Text);
        }

        var entry = folder.Write("infra/predicted.bicepparam", "using 'main.bicep'\n" + parameters);
        BicepCompiler.OfPackage.Run(
            "snapshot", entry, "--location", "eastus2", "--resource-group", "rg-holdfast", "--deployment-name", "holdfast",
            "--subscription-id", "00000000-0000-0000-0000-000000000001", "--tenant-id", "00000000-0000-0000-0000-000000000002")
            .Diagnostics.ShouldBeEmpty();
        var root = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(entry, "snapshot.json")))!.AsObject();
        root["diagnostics"]!.AsArray().ShouldBeEmpty();
        return new DeploymentSnapshot(root);
    }

    /// <summary>The resources of one type.</summary>
    public IReadOnlyList<JsonObject> OfType(string type) =>
        [.. _root["predictedResources"]!.AsArray()
            .Select(resource => resource!.AsObject())
            .Where(resource => resource["type"]!.GetValue<string>() == type)];

    /// <summary>The same deployment with the first resource of a type changed: for tests that break one.</summary>
    public DeploymentSnapshot With(string type, Action<JsonObject> change)
    {
        var copy = new DeploymentSnapshot(_root.DeepClone().AsObject());
        change(copy.OfType(type)[0]);
        return copy;
    }

    /// <summary>The same deployment without one resource.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="part">A part of its JSON that no other one of its type has.</param>
    public DeploymentSnapshot Without(string type, string part)
    {
        var copy = new DeploymentSnapshot(_root.DeepClone().AsObject());
        var gone = copy.OfType(type).Single(resource => resource.ToJsonString().Contains(part, StringComparison.Ordinal));
        copy._root["predictedResources"]!.AsArray().Remove(gone);
        return copy;
    }
}
