using Holdfast.Harness;

namespace Holdfast.Demo;

/// <summary>Turns a fixture's settings and configuration from the scripted model to one of Amazon Bedrock.</summary>
internal static class RealBedrock
{
    private static readonly string[] Settings =
        ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

    /// <summary>What the fixture sets for its scripted model, set back to what the caller's own environment says.</summary>
    public static IReadOnlyDictionary<string, string?> OwnSettings() =>
        Settings.ToDictionary(name => name, Environment.GetEnvironmentVariable);

    public static void Choose(AppConfiguration configuration, string modelId)
    {
        var model = configuration["models"]!["thinker"]!.AsObject();
        model["modelId"] = modelId;
        // Not every model reasons, and one that does not refuses to be asked to.
        model["reasoning"] = false;
    }
}
