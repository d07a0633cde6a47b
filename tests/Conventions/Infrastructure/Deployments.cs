namespace Holdfast.Conventions.Tests.Infrastructure;

/// <summary>The deployments that the tests look at: between them, every choice of the template is taken once.</summary>
public static class Deployments
{
    /// <summary>A hook's secret and a setting that only <see cref="Other"/> has.</summary>
    public const string ExtraSecret = "ALERTS_SECRET", ExtraSetting = "AzureFunctionsJobHost__logging__logLevel__default";

    private static readonly Lazy<DeploymentSnapshot> OfSample = new(() =>
        DeploymentSnapshot.Of(
            RepositoryTree.FileAt("infra/main.bicepparam").Text.Replace("using 'main.bicep'", "", StringComparison.Ordinal)));

    private static readonly Lazy<DeploymentSnapshot> OfOther = new(() => DeploymentSnapshot.Of($$"""
        param awsRegion = 'eu-central-1'
        param gitHubAuth = 'token'
        param bedrockAuth = 'accessKey'
        param alwaysReadyHttp = 2
        param alwaysReadyDurable = 0
        param deliveryRetentionDays = 30
        param logRetentionDays = 90
        param extraSettings = { {{ExtraSetting}}: 'Debug' }
        param vaultSettings = { {{ExtraSecret}}: 'alerts-secret' }
        param alertEmail = 'operator@example.org'
        """));

    private static readonly Lazy<DeploymentSnapshot> OfLeast = new(() => DeploymentSnapshot.Of("""
        param awsRegion = 'eu-central-1'
        param useSlack = false
        """));

    /// <summary>With infra/main.bicepparam as it is.</summary>
    public static DeploymentSnapshot Sample => OfSample.Value;

    /// <summary>With the other choice wherever the sample makes one, and with settings of one's own.</summary>
    public static DeploymentSnapshot Other => OfOther.Value;

    /// <summary>With nothing given that has a default, and no channel.</summary>
    public static DeploymentSnapshot Least => OfLeast.Value;

    /// <summary>The settings that the template makes by itself.</summary>
    public static IReadOnlyList<string> SettingNames =>
        [.. Sample.Settings.Keys.Union(Other.Settings.Keys).Except([ExtraSecret, ExtraSetting]).Order(StringComparer.Ordinal)];
}
