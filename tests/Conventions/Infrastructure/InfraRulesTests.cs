using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>Each rule on a deployment with one thing broken: a rule that cannot fail holds nothing.</summary>
public sealed class InfraRulesTests
{
    private const string Account = "Microsoft.Storage/storageAccounts";
    private const string Policy = "Microsoft.Storage/storageAccounts/managementPolicies";
    private const string Alert = "Microsoft.Insights/metricAlerts";
    private const string Site = "Microsoft.Web/sites";

    [Theory]
    [InlineData(Account, "properties", """{ "allowSharedKeyAccess": true, "allowBlobPublicAccess": false }""", "takes shared keys")]
    [InlineData(Account, "properties", """{ "allowBlobPublicAccess": false }""", "takes shared keys")]
    [InlineData(Account, "properties", """{ "allowSharedKeyAccess": false }""", "allows anonymous reads")]
    [InlineData(Account + "/blobServices/containers", "properties", """{ "publicAccess": "Blob" }""", "is open")]
    [InlineData(Site, "tags", """{ "a": "[listKeys('b', '2023-05-01').keys[0].value]" }""", "hands a key on")]
    [InlineData(Site, "tags", """{ "a": "AccountName=b;AccountKey=c" }""", "hands a key on")]
    public void OpenStorage_WhenSomethingIsOpen_NamesIt(string type, string part, string value, string fault) =>
        InfraRules.OpenStorage(Broken(type, part, value)).ShouldHaveSingleItem().ShouldEndWith(fault);

    [Theory]
    [InlineData(Site, "identity", """{ "type": "SystemAssigned" }""", "the app has 0 identities")]
    [InlineData(Site, "properties.keyVaultReferenceIdentity", "\"SystemAssigned\"", "Key Vault references have no identity")]
    [InlineData(
        Site, "properties.functionAppConfig.deployment.storage.authentication.type", "\"StorageAccountConnectionString\"",
        "the package is not read by the identity")]
    [InlineData(Site + "/config", "properties.AZURE_CLIENT_ID", "null", "AZURE_CLIENT_ID: is not the identity's")]
    [InlineData(
        Site + "/config", "properties.AzureWebJobsStorage__clientId", "\"\"", "AzureWebJobsStorage__clientId: is not the identity's")]
    public void Identity_WhenOneOfItsUsersIsNotTold_NamesIt(string type, string path, string value, string fault) =>
        InfraRules.Identity(Broken(type, path, value)).ShouldBe([fault]);

    [Fact]
    public void MissingRoles_WhenOneIsNotGiven_NamesIt() =>
        InfraRules.MissingRoles(
            Deployments.Sample.Without("Microsoft.Authorization/roleAssignments", "974c5e8b-45b9-4653-ba55-5f855dd0fb88"))
            .ShouldBe(["974c5e8b-45b9-4653-ba55-5f855dd0fb88 on Microsoft.Storage/storageAccounts"]);

    [Theory]
    [InlineData("filters.prefixMatch", """["holdfast/deliveries/", "holdfast/cron/"]""", "is not for holdfast/deliveries/ alone")]
    [InlineData("filters.prefixMatch", """["holdfast/deliveries/", "holdfast/schedules/"]""", "is not for holdfast/deliveries/ alone")]
    [InlineData("filters.prefixMatch", """["holdfast/toolcalls/"]""", "is not for holdfast/deliveries/ alone")]
    [InlineData("filters", """{ "blobTypes": ["blockBlob"] }""", "is not for holdfast/deliveries/ alone")]
    [InlineData("actions.baseBlob.delete.daysAfterCreationGreaterThan", "3", "does not wait for 4 days")]
    [InlineData("actions.baseBlob", """{ "tierToArchive": { "daysAfterModificationGreaterThan": 90 } }""", "does not wait for 4 days")]
    public void Lifecycle_WhenItDeletesMore_NamesTheRule(string path, string value, string fault) =>
        InfraRules.Lifecycle(
            Deployments.Sample.With(Policy, policy => Set(policy.ListAt("properties.policy.rules")[0], "definition." + path, value)))
            .ShouldBe(["old-deliveries: " + fault]);

    [Theory]
    [InlineData("properties.enabled", "false", "holdfast-failed-requests: is off")]
    [InlineData("properties.actions", "[]", "holdfast-failed-requests: reaches nobody")]
    public void Alerts_WhenOneIsSilent_NamesIt(string path, string value, string fault) =>
        InfraRules.Alerts(
            Broken(Alert, path, value),
            "| alert |\n|---|\n| `…-failed-requests` |\n| `…-exceptions` |\n| `…-quiet` |\n| `…-unreadable` |")
                .ShouldBe([fault]);

    [Fact]
    public void Alerts_WhenThePageNamesOthers_NamesBothSides() =>
        InfraRules.Alerts(
            Deployments.Sample.Without(Alert, "exceptions/count"),
            "| alert |\n|---|\n| `…-failed-requests` |\n| `…-exceptions` |\n| `…-unreadable` |")
            .ShouldBe(["…-quiet: not in the page", "…-exceptions: not in infra/"]);

    [Fact]
    public void Outputs_WhenTheCommandsReadOthers_NamesBothSides() =>
        InfraRules.Outputs(Deployments.Sample, "APP=$(out appName) $(out appUrl) $(out vaultName) $(out accountName)")
            .ShouldBe(["storageAccountName: not in the page", "accountName: not in infra/"]);

    [Fact]
    public void Secrets_WhenThePageNamesOthers_NamesBothSides() =>
        InfraRules.Secrets([Deployments.Least], "| secret | needed when |\n|---|---|\n| `a`, `b` | c |\n\n| `d` |")
            .ShouldBe(["bedrock-bearer-token: not in the page", "a: not in infra/", "b: not in infra/"]);

    [Fact]
    public void Parameters_WhenThePageNamesOthers_NamesBothSides() =>
        InfraRules.Parameters("""{ "parameters": { "a": {}, "b": {} } }""", "| parameter | default |\n|---|---|\n| `b`, `c` | `d` |")
            .ShouldBe(["a: not in the page", "c: not in infra/"]);

    [Fact]
    public void NotPassedOn_WhenAModulesDefaultIsAllThereIs_NamesIt() =>
        InfraRules.NotPassedOn("""
            {
              "resources": {
                "store": {
                  "type": "Microsoft.Resources/deployments",
                  "properties": {
                    "parameters": { "name": {} },
                    "template": { "parameters": { "name": {}, "days": { "defaultValue": 7 } } }
                  }
                },
                "plan": { "type": "Microsoft.Web/serverfarms" }
              }
            }
            """).ShouldBe(["store: days"]);

    private static DeploymentSnapshot Broken(
        string type, string path, string value) => Deployments.Sample.With(type, resource => Set(resource, path, value));

    private static void Set(JsonNode resource, string path, string value)
    {
        var names = path.Split('.');
        var owner = names[..^1].Aggregate(resource, (node, name) => node[name]!).AsObject();
        if (JsonNode.Parse(value) is { } changed)
        {
            owner[names[^1]] = changed;
        }
        else
        {
            owner.Remove(names[^1]);
        }
    }
}
