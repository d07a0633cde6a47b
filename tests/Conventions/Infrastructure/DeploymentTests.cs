using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>
/// What infra/ would create is as the app and the operations page say; that each rule can fail is shown in <see cref="InfraRulesTests"/>.
/// </summary>
public sealed class DeploymentTests
{
    private static readonly string Page = RepositoryTree.FileAt("docs/operations.md").Text;
    private static readonly DeploymentSnapshot[] All = [Deployments.Sample, Deployments.Other, Deployments.Least];

    [Fact]
    public void Storage_Always_TakesIdentitiesOnly() => All.SelectMany(InfraRules.OpenStorage).ShouldBeEmpty();

    [Fact]
    public void Identity_Always_IsToldToWhoeverTakesOne()
    {
        All.SelectMany(InfraRules.Identity).ShouldBeEmpty();
        All.SelectMany(InfraRules.MissingRoles).ShouldBeEmpty();
    }

    [Fact]
    public void Lifecycle_Always_DeletesDeliveryRecordsAlone()
    {
        All.SelectMany(InfraRules.Lifecycle).ShouldBeEmpty();
        DeliveryDays(Deployments.Least).ShouldBe("7");
        DeliveryDays(Deployments.Other).ShouldBe("30");
    }

    [Fact]
    public void Logs_WhenTheirAgeIsGiven_AreKeptForIt() =>
        Deployments.Other.OfType("Microsoft.OperationalInsights/workspaces")
            .ShouldHaveSingleItem()
            .TextAt("properties.retentionInDays")
            .ShouldBe("90");

    [Fact]
    public void Update_Always_LetsRunningWorkEnd() =>
        All.ShouldAllBe(deployment => deployment.Site.TextAt("properties.functionAppConfig.siteUpdateStrategy.type") == "RollingUpdate");

    [Fact]
    public void AlwaysReady_WhenCountsAreGiven_HoldsTheirGroups()
    {
        AlwaysReady(Deployments.Least).ShouldBe(["http 1", "durable 1"]);
        AlwaysReady(Deployments.Other).ShouldBe(["http 2"]);
    }

    [Fact]
    public void Settings_OfOnesOwn_ReachTheApp()
    {
        Deployments.Other.Settings[Deployments.ExtraSetting].ShouldBe("Debug");
        Deployments.Other.Settings[Deployments.ExtraSecret].ShouldMatch(
            @"^@Microsoft\.KeyVault\(VaultName=holdfast-\w+;SecretName=alerts-secret\)$");
    }

    [Fact]
    public void Settings_OfChannelsThatAreNotUsed_AreLeftOut() =>
        InfraRules.SecretsOf(Deployments.Least).ShouldBe(["bedrock-bearer-token"]);

    [Fact]
    public void Alerts_Always_ReachSomebodyAndAreDocumented() =>
        All.SelectMany(deployment => InfraRules.Alerts(deployment, Page)).ShouldBeEmpty();

    [Fact]
    public void Outputs_Always_AreThoseThatTheCommandsRead() => InfraRules.Outputs(Deployments.Sample, Page).ShouldBeEmpty();

    [Fact]
    public void Secrets_OfTheTemplate_AreThoseOfThePage() =>
        InfraRules.Secrets([Deployments.Sample, Deployments.Other], Page).ShouldBe(["alerts-secret: not in the page"]);

    [Fact]
    public void Parameters_OfTheTemplate_AreThoseOfThePageAndReachTheModules()
    {
        var template = BicepCompiler.OfPackage.Build(Path.Combine(RepositoryTree.Root, "infra/main.bicep")).Output;

        InfraRules.Parameters(template, Page).ShouldBeEmpty();
        InfraRules.NotPassedOn(template).ShouldBeEmpty();
    }

    private static string? DeliveryDays(DeploymentSnapshot deployment) =>
        deployment.OfType("Microsoft.Storage/storageAccounts/managementPolicies").ShouldHaveSingleItem()
            .ListAt("properties.policy.rules").ShouldHaveSingleItem()
            .TextAt("definition.actions.baseBlob.delete.daysAfterCreationGreaterThan");

    private static IEnumerable<string> AlwaysReady(DeploymentSnapshot deployment) =>
        deployment.Site.ListAt("properties.functionAppConfig.scaleAndConcurrency.alwaysReady")
            .Select(group => $"{group.NameOf()} {group.TextAt("instanceCount")}");
}
