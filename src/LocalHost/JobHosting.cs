using Holdfast.LocalHost.Functions;
using Holdfast.LocalHost.Http;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host.Config;

namespace Holdfast.LocalHost;

/// <summary>The WebJobs SDK with the two extensions that this host knows: timers, and the durable engine.</summary>
internal static class JobHosting
{
    public static IHost Build(
        string scriptRoot, IConfiguration settings, ILoggerFactory loggers, IServiceProvider host) => new HostBuilder()
        .UseContentRoot(scriptRoot)
        .ConfigureAppConfiguration(configuration => configuration.AddConfiguration(settings))
        .ConfigureServices(services => services
            .AddSingleton<IHostLifetime, NoLifetime>()
            .AddSingleton<ITypeLocator>(new OneType(host.GetRequiredService<FunctionInvoker>().Methods))
            .AddSingleton<IWebHookProvider>(host.GetRequiredService<ExtensionEndpoints>()))
        .ConfigureWebJobs(jobs =>
        {
            // Without storage for the host's own locks: one host, one machine. After a kill, a timer's lock in storage would stand for a
            // minute.
            jobs.AddTimers().AddDurableTask();
            jobs.Services.AddSingleton<ScheduleMonitor, NoSchedules>();
            jobs.Services.AddSingleton(loggers);
        })
        .Build();

    private sealed class OneType(Type type) : ITypeLocator
    {
        public IReadOnlyList<Type> GetTypes() => [type];
    }

    /// <summary>
    /// Remembers no past ticks: the package's own monitor needs an older storage package, and a tick that was missed is no loss.
    /// </summary>
    private sealed class NoSchedules : ScheduleMonitor
    {
        public override Task<ScheduleStatus> GetStatusAsync(string timerName) => Task.FromResult<ScheduleStatus>(null!);

        public override Task UpdateStatusAsync(string timerName, ScheduleStatus status) => Task.CompletedTask;
    }

    /// <summary>Signals reach the host that this one runs in.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
