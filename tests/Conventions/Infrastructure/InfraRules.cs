using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>
/// What a compiler cannot know of a deployment. Each rule is a function from what would be created, and from what the operations page says
/// of it, to sentences; no sentence means no fault.
/// </summary>
public static partial class InfraRules
{
    /// <summary>One more than the days for which GitHub offers a redelivery.</summary>
    private const int FewestDeliveryDays = 4;

    // Who needs each of them stands in infra/modules/access.bicep.
    private static readonly (string Scope, string Role)[] Roles =
    [
        ("Microsoft.Storage/storageAccounts", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"),
        ("Microsoft.Storage/storageAccounts", "974c5e8b-45b9-4653-ba55-5f855dd0fb88"),
        ("Microsoft.Storage/storageAccounts", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"),
        ("Microsoft.KeyVault/vaults", "4633458b-17de-408a-b874-0445c86b69e6"),
        ("Microsoft.Insights/components", "3913510d-42f4-4e42-8a64-420c390055eb"),
    ];

    private static readonly string[] IdentitySettings = ["AzureWebJobsStorage__clientId", "AZURE_CLIENT_ID",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"];

    /// <summary>A storage account that a key opens, a container that anybody reads, or a key that is handed on.</summary>
    public static IReadOnlyList<string> OpenStorage(DeploymentSnapshot deployment) =>
    [
        .. deployment.OfType("Microsoft.Storage/storageAccounts")
            .Where(account => account.TextAt("properties.allowSharedKeyAccess") != "false")
            .Select(account => $"{account.NameOf()}: takes shared keys"),
        .. deployment.OfType("Microsoft.Storage/storageAccounts")
            .Where(account => account.TextAt("properties.allowBlobPublicAccess") != "false")
            .Select(account => $"{account.NameOf()}: allows anonymous reads"),
        .. deployment.OfType("Microsoft.Storage/storageAccounts/blobServices/containers")
            .Where(container => container.TextAt("properties.publicAccess") != "None")
            .Select(container => $"{container.NameOf()}: is open"),
        .. Key().Matches(deployment.Text).Select(match => $"{match.Value}: hands a key on"),
    ];

    /// <summary>Something that takes an identity and is not told the app's, or is told of another way in.</summary>
    public static IReadOnlyList<string> Identity(DeploymentSnapshot deployment)
    {
        var site = deployment.Site;
        var identities = (site.At("identity.userAssignedIdentities") as JsonObject)?.Select(identity => identity.Key).ToArray() ?? [];
        if (identities is not [var identity])
        {
            return [$"the app has {identities.Length} identities"];
        }

        var package = "properties.functionAppConfig.deployment.storage.authentication.";
        return
        [
            .. site.TextAt("properties.keyVaultReferenceIdentity") == identity
                ? Array.Empty<string>()
                : ["Key Vault references have no identity"],
            .. site.TextAt(package + "type") == "UserAssignedIdentity"
                && site.TextAt(package + "userAssignedIdentityResourceId") == identity
                ? Array.Empty<string>() : ["the package is not read by the identity"],
            .. IdentitySettings.Where(name => !(deployment.Settings.TryGetValue(name, out var value)
                    && value.Contains(identity, StringComparison.Ordinal) && value.Contains(".clientId", StringComparison.Ordinal)))
                .Select(name => $"{name}: is not the identity's"),
        ];
    }

    /// <summary>A role that the app needs and its identity does not get.</summary>
    public static IReadOnlyList<string> MissingRoles(DeploymentSnapshot deployment) =>
    [
        .. Roles.Where(role => !deployment.OfType("Microsoft.Authorization/roleAssignments").Any(assignment =>
                assignment.TextAt("id")!.Contains(role.Scope, StringComparison.Ordinal)
                && assignment.TextAt("properties.roleDefinitionId")!.EndsWith(role.Role, StringComparison.Ordinal)
                && assignment.TextAt("properties.principalId")!.Contains("userAssignedIdentities", StringComparison.Ordinal)))
            .Select(role => $"{role.Role} on {role.Scope}"),
    ];

    /// <summary>A rule by age for anything but delivery records, or one that is too quick for a sender.</summary>
    public static IReadOnlyList<string> Lifecycle(DeploymentSnapshot deployment)
    {
        var deliveries = deployment.Settings["Holdfast__Storage__Container"] + "/deliveries/";
        var rules = deployment.OfType("Microsoft.Storage/storageAccounts/managementPolicies")
            .SelectMany(policy => policy.ListAt("properties.policy.rules"))
            .ToArray();
        return
        [
            .. rules.Where(
                rule => !rule.ListAt("definition.filters.prefixMatch")
                    .Select(prefix => prefix.GetValue<string>())
                    .SequenceEqual([deliveries]))
                .Select(rule => $"{rule.NameOf()}: is not for {deliveries} alone"),
            .. rules.Where(
                rule => !(int.TryParse(rule.TextAt("definition.actions.baseBlob.delete.daysAfterCreationGreaterThan"), out var days)
                    && days >= FewestDeliveryDays))
                .Select(rule => $"{rule.NameOf()}: does not wait for {FewestDeliveryDays} days"),
        ];
    }

    /// <summary>An alert that reaches nobody or is off, and alerts that the deployment and the page do not have in common.</summary>
    public static IReadOnlyList<string> Alerts(DeploymentSnapshot deployment, string page)
    {
        var group = deployment.OfType("Microsoft.Insights/actionGroups").SingleOrDefault()?.TextAt("id") ?? "no action group";
        var alerts = deployment.OfType("Microsoft.Insights/metricAlerts")
            .Concat(deployment.OfType("Microsoft.Insights/scheduledQueryRules"))
            .ToArray();
        return
        [
            .. alerts.Where(alert => alert.TextAt("properties.enabled") != "true").Select(alert => $"{alert.NameOf()}: is off"),
            .. alerts.Where(alert => !alert.At("properties.actions")!.ToJsonString().Contains(group, StringComparison.Ordinal))
                .Select(alert => $"{alert.NameOf()}: reaches nobody"),
            .. Differences(
                alerts.Select(alert => "…" + alert.NameOf()[alert.NameOf().IndexOf('-', StringComparison.Ordinal)..]),
                OperationsPage.Column(page, "alert")),
        ];
    }

    /// <summary>Outputs that the deployment and the page's commands do not have in common.</summary>
    public static IReadOnlyList<string> Outputs(
        DeploymentSnapshot deployment, string page) => Differences(deployment.Outputs, OperationsPage.OutputsRead(page));

    /// <summary>Secrets that the deployments and the page do not have in common.</summary>
    public static IReadOnlyList<string> Secrets(IEnumerable<DeploymentSnapshot> deployments, string page) =>
        Differences(deployments.SelectMany(SecretsOf).Distinct(), OperationsPage.Column(page, "secret"));

    /// <summary>Names of vault secrets that a deployment's settings point to.</summary>
    public static IReadOnlyList<string> SecretsOf(DeploymentSnapshot deployment) =>
        [.. deployment.Settings.Values.Select(value => Reference().Match(value))
            .Where(match => match.Success)
            .Select(match => match.Groups["secret"].Value)];

    /// <summary>Parameters that the template and the page do not have in common.</summary>
    /// <param name="template">The compiled template.</param>
    public static IReadOnlyList<string> Parameters(string template, string page) =>
        Differences(
            JsonNode.Parse(template)!["parameters"]!.AsObject().Select(parameter => parameter.Key),
            OperationsPage.Column(page, "parameter"));

    /// <summary>A parameter of a module that no caller passes on: its default is all that it can ever be.</summary>
    /// <param name="template">The compiled template, its modules in it.</param>
    public static IReadOnlyList<string> NotPassedOn(string template) =>
    [
        .. from module in JsonNode.Parse(template)!["resources"]!.AsObject()
           where module.Value.TextAt("type") == "Microsoft.Resources/deployments"
           from parameter in module.Value.At("properties.template.parameters")!.AsObject()
           where module.Value.At($"properties.parameters.{parameter.Key}") is null
           select $"{module.Key}: {parameter.Key}",
    ];

    /// <summary>What one side names and the other does not.</summary>
    private static IReadOnlyList<string> Differences(IEnumerable<string> infra, IEnumerable<string> page)
    {
        var (here, there) = (infra.ToArray(), page.ToArray());
        return [.. here.Except(there)
            .Select(name => $"{name}: not in the page"), .. there.Except(here).Select(name => $"{name}: not in infra/")];
    }

    [GeneratedRegex(@"\blistKeys\b|\blistAccountSas\b|\blistServiceSas\b|AccountKey=|SharedAccessSignature=")]
    private static partial Regex Key();

    [GeneratedRegex(@"\A@Microsoft\.KeyVault\(VaultName=[^;]+;SecretName=(?<secret>[^;)]+)\)\z")]
    private static partial Regex Reference();
}
