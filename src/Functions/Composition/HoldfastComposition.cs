using System.Collections.Immutable;
using Holdfast.Channels.GitHub;
using Holdfast.Channels.Hooks;
using Holdfast.Channels.Schedules;
using Holdfast.Channels.Slack;
using Holdfast.Configuration;
using Holdfast.Configuration.Agents;
using Holdfast.Delivery;
using Holdfast.Functions.Endpoints;
using Holdfast.Functions.Status;
using Holdfast.Inbox;
using Holdfast.Models;
using Holdfast.Models.Bedrock;
using Holdfast.Ownership.Leases;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;
using Holdfast.Tools;
using Holdfast.Transcripts;
using Holdfast.Turns;
using Holdfast.Turns.Wiring;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Holdfast.Functions.Composition;

/// <summary>Puts the app together. Everything is a singleton: what is one execution's own is made by it.</summary>
internal static class HoldfastComposition
{
    /// <summary>Parsed conversations to keep in memory, over all sessions, of the 2 GB that an instance has.</summary>
    private const long CachedBytes = 64 * 1024 * 1024;

    public static IServiceCollection AddHoldfast(
        this IServiceCollection services, HoldfastConfiguration configuration, IConfiguration settings)
    {
        services.AddSingleton(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(IdSource.System);
        return services.AddStore(settings)
            .AddOptionsOf(configuration, settings)
            .AddTurns(settings)
            .AddChannels(configuration)
            .AddEndpoints(configuration);
    }

    private static IServiceCollection AddStore(this IServiceCollection services, IConfiguration settings)
    {
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.AddOptions<StorageOptions>().Bind(settings.GetSection("Holdfast:Storage")).ValidateOnStart();
        services.AddSingleton<IBlobContainer, AzureBlobContainer>();
        return services;
    }

    private static IServiceCollection AddOptionsOf(
        this IServiceCollection services, HoldfastConfiguration configuration, IConfiguration settings)
    {
        services.AddOptions<LeaseOptions>()
            .Configure(lease =>
            {
                lease.Deployment = DeploymentOf(settings);
                lease.Duration = configuration.Limits.LeaseDuration;
                lease.RenewEvery = configuration.Limits.LeaseRenewal;
                lease.ClaimWait = configuration.Limits.ClaimWait;
                lease.FenceWait = configuration.Limits.FenceWait();
            })
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<TranscriptOptions>()
            .Bind(settings.GetSection("Holdfast:Transcripts"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<TurnOptions>().Bind(settings.GetSection("Holdfast:Turns")).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }

    /// <summary>
    /// Deployments that share a storage account differ in their task hubs, as the engine demands. A hub's name in host.json does not reach
    /// the worker; there the name of the site tells them apart.
    /// </summary>
    private static string DeploymentOf(IConfiguration settings) =>
        $"{settings["WEBSITE_SITE_NAME"]}/{settings["AzureFunctionsJobHost:extensions:durableTask:hubName"]}";

    private static IServiceCollection AddTurns(this IServiceCollection services, IConfiguration settings)
    {
        services.AddSingleton(
            provider => new ConcurrencyLimiter(provider.GetRequiredService<HoldfastConfiguration>().Limits.MaxConcurrentModelCalls));
        services.AddSingleton<IModelProvider>(_ => new BedrockModelProvider());
        services.AddSingleton(provider => new TurnParts(DependenciesOf(provider)));
        services.AddPart(turns => turns.Reader).AddPart(turns => turns.Sessions).AddPart(turns => turns.Inbox);
        services.AddPart(turns => turns.Receipts);
        services.AddPart(turns => turns.Reset).AddPart(turns => turns.Breaker);
        services.AddPart(turns => turns.Tools).AddPart(turns => turns.Runner);
        services.AddSingleton<InboxSweeper>();
        services.AddSingleton<IAgentDirectory>(provider => new ConfiguredAgents(
            provider.GetRequiredService<HoldfastConfiguration>(), agent => ToolsOf(agent, provider, settings)));
        return services;
    }

    private static IServiceCollection AddPart<T>(this IServiceCollection services, Func<TurnParts, T> part)
        where T : class => services.AddSingleton(provider => part(provider.GetRequiredService<TurnParts>()));

    private static TurnDependencies DependenciesOf(IServiceProvider provider) => new()
    {
        Blobs = provider.GetRequiredService<IBlobContainer>(),
        Cache = new ConversationCache(CachedBytes),
        Models = provider.GetRequiredService<IModelProvider>(),
        Limiter = provider.GetRequiredService<ConcurrencyLimiter>(),
        Channels = provider.GetRequiredService<IReplyChannels>(),
        Agents = provider.GetRequiredService<IAgentDirectory>(),
        Ids = provider.GetRequiredService<IdSource>(),
        Clock = provider.GetRequiredService<TimeProvider>(),
#pragma warning disable RS0030 // Chance enters the app here.
        Random = Random.Shared.NextDouble,
#pragma warning restore RS0030
        Leases = provider.GetRequiredService<IOptions<LeaseOptions>>(),
        Turns = provider.GetRequiredService<IOptions<TurnOptions>>(),
        Transcripts = provider.GetRequiredService<IOptions<TranscriptOptions>>(),
        Loggers = provider.GetRequiredService<ILoggerFactory>(),
    };

    private static ImmutableArray<ITool> ToolsOf(AgentConfiguration agent, IServiceProvider provider, IConfiguration settings) =>
        agent.Exec is { } exec
        ?
        [
            new ExecTool(
                exec,
                name => settings[name],
                provider.GetRequiredService<IdSource>().NewNonce,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ExecTool>>()),
        ]
        : [];

    private static IServiceCollection AddChannels(this IServiceCollection services, HoldfastConfiguration configuration)
    {
        services.AddSingleton<StoredReplyChannel>();
        services.AddSingleton<IReplyChannels, ConfiguredReplyChannels>();
        if (configuration.Channels.Slack is { } slack)
        {
            services.AddSingleton(slack);
            services.AddSingleton(provider => new SlackReplyChannel(
                new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(10) }),
                provider.GetRequiredService<SlackOptions>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SlackReplyChannel>>()));
        }

        if (configuration.Channels.GitHub is { } github)
        {
            services.AddSingleton(github);
            services.AddSingleton<GitHubReplyChannel>();
        }

        return services;
    }

    private static IServiceCollection AddEndpoints(this IServiceCollection services, HoldfastConfiguration configuration)
    {
        services.AddSingleton(
            provider => new SlackWebhookReader(configuration.Channels.Slack, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new WebhookReader(configuration.Hooks, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new CronOptions([.. configuration.Cron.Values], configuration.Limits.CronPunctualWithin));
        services.AddSingleton<CronTicker>();
        services.AddSingleton<SessionSignal>();
        return services.AddSingleton<MessageAcceptor>();
    }
}
