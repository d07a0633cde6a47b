using Holdfast.Configuration.Agents;

namespace Holdfast.Configuration.Parsing.Sections;

/// <summary>Reads a model.</summary>
internal static class ModelReader
{
    public static readonly TimeSpan ShortestSilence = TimeSpan.FromMilliseconds(1);

    /// <summary>What AWS suggests as the longest read timeout.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromHours(1);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(10);

    public static ModelConfiguration Read(string id, ObjectReader reader, ModelDefaults defaults)
    {
        var reasoning = reader.Flag("reasoning", false);
        var firstEvent = reasoning ? defaults.ReasoningFirstEventTimeout : defaults.FirstEventTimeout;
        var basis = new ModelConfiguration
        {
            Id = id,
            Provider = reader.Choice<ModelProvider>("provider", null, ("bedrock", ModelProvider.Bedrock)),
            ModelId = reader.Text("modelId"),
            Region = reader.OptionalText("region"),
            Reasoning = reasoning,
            FirstEventTimeout = reader.Duration("firstEventTimeout", firstEvent, ShortestSilence, LongestSilence),
            BetweenEventsTimeout = reader.Duration("betweenEventsTimeout", defaults.BetweenEventsTimeout, ShortestSilence, LongestSilence),
        };
        return basis with
        {
            MaxOutputTokens = reader.WholeNumber("maxOutputTokens", basis.MaxOutputTokens, 1, 1_000_000),
            ContextTokens = reader.WholeNumber("contextTokens", basis.ContextTokens, 1_000, 10_000_000),
            MaxAttempts = reader.WholeNumber("maxAttempts", basis.MaxAttempts, 1, 10),
            Retry = Retry(reader.Section("retry")),
        };
    }

    private static RetryConfiguration Retry(ObjectReader reader)
    {
        var basis = new RetryConfiguration();
        var retry = new RetryConfiguration
        {
            FirstDelay = reader.Duration("firstDelay", basis.FirstDelay, ShortestSilence, LongestDelay),
            MaxDelay = reader.Duration("maxDelay", basis.MaxDelay, ShortestSilence, LongestDelay),
        };
        reader.Close();
        return retry;
    }
}
