using Holdfast.Configuration.Agents;
using Holdfast.Configuration.Parsing.Sections;
using static System.TimeSpan;

namespace Holdfast.Configuration.Parsing;

/// <summary>Reads the outermost object.</summary>
internal static class RootReader
{
    public static HoldfastConfiguration Read(ObjectReader root)
    {
        root.Ignore("$schema");
        var defaults = Defaults(root.Section("modelDefaults"));
        var configuration = new HoldfastConfiguration
        {
            Agents = root.Map("agents", isRequired: true, AgentReader.Read),
            Models = root.Map("models", isRequired: true, (id, model) => ModelReader.Read(id, model, defaults)),
            ModelDefaults = defaults,
            Channels = ChannelReader.Read(root.Section("channels")),
            Hooks = root.Map("hooks", isRequired: false, HookReader.Read),
            Cron = root.Map("cron", isRequired: false, CronReader.Read),
            Limits = Limits(root.Section("limits")),
        };
        root.Close();
        return configuration;
    }

    private static ModelDefaults Defaults(ObjectReader reader)
    {
        var basis = new ModelDefaults();
        var defaults = new ModelDefaults
        {
            FirstEventTimeout = reader.Duration(
                "firstEventTimeout", basis.FirstEventTimeout, ModelReader.ShortestSilence, ModelReader.LongestSilence),
            ReasoningFirstEventTimeout = reader.Duration(
                "reasoningFirstEventTimeout", basis.ReasoningFirstEventTimeout, ModelReader.ShortestSilence, ModelReader.LongestSilence),
            BetweenEventsTimeout = reader.Duration(
                "betweenEventsTimeout", basis.BetweenEventsTimeout, ModelReader.ShortestSilence, ModelReader.LongestSilence),
        };
        reader.Close();
        return defaults;
    }

    private static LimitsConfiguration Limits(ObjectReader reader)
    {
        var basis = new LimitsConfiguration();
        var limits = new LimitsConfiguration
        {
            MaxMessageBytes = reader.WholeNumber("maxMessageBytes", basis.MaxMessageBytes, 1024, 1024 * 1024),
            MaxConcurrentModelCalls = reader.WholeNumber("maxConcurrentModelCalls", basis.MaxConcurrentModelCalls, 1, 1_000),
            InboxSweepAge = reader.Duration("inboxSweepAge", basis.InboxSweepAge, FromSeconds(5), FromHours(1)),
            ClaimWait = reader.Duration("claimWait", basis.ClaimWait, FromSeconds(1), FromMinutes(10)),
            LeaseDuration = reader.Duration("leaseDuration", basis.LeaseDuration, FromSeconds(15), FromSeconds(60)),
            LeaseRenewal = reader.Duration("leaseRenewal", basis.LeaseRenewal, FromSeconds(1), FromSeconds(30)),
            CronPunctualWithin = reader.Duration("cronPunctualWithin", basis.CronPunctualWithin, FromMinutes(1), FromHours(1)),
        };
        reader.Close();
        return limits;
    }
}
