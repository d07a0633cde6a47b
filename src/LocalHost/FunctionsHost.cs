using Holdfast.LocalHost.Functions;
using Holdfast.LocalHost.Http;
using Holdfast.LocalHost.Settings;
using Holdfast.LocalHost.Workers;
using Microsoft.Azure.WebJobs;

namespace Holdfast.LocalHost;

/// <summary>Puts the parts together in the order of the start, and takes them apart in the order of the end.</summary>
internal static class FunctionsHost
{
    private static readonly TimeSpan ListenersStopWithin = TimeSpan.FromSeconds(5);

    /// <returns>The exit code.</returns>
    /// <exception cref="StartUpException">It does not start, or cannot go on.</exception>
    public static async Task<int> RunAsync(HostArguments arguments)
    {
        var scriptRoot = PrepareEnvironment();
        var settings = HostSettings.Read(scriptRoot);
        var app = WorkerDescription.Read(arguments.AppFolder);
        var functions = FunctionCatalog.Read(
            arguments.AppFolder,
            name => settings[name.Replace("__", ":", StringComparison.Ordinal)] is { Length: > 0 } value ? value : null);
        var keys = KeyRing.Open(arguments.KeyFolder ?? Path.Combine(scriptRoot, ".holdfast", "keys"));
        var clock = TimeProvider.System;

        using var loggers = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings, arguments.Log));
        await using var workers = new WorkerSupervisor(app, scriptRoot, clock, loggers);
        await using var web = HostServer.Build(arguments, loggers, services => services
            .AddSingleton(workers).AddSingleton(keys).AddSingleton<HostState>().AddSingleton<Forwarding>()
            .AddSingleton<ExtensionEndpoints>()
            .AddSingleton(new FunctionInvoker(functions, workers)).AddSingleton<HttpFunctions>()
            .AddSingleton(new CallerPolicy(keys, isLoopbackOnly: arguments.Bind is null)));
        HostServer.Map(web, functions, HostSettings.RoutePrefix(settings, arguments.AppFolder));
        var (address, channel) = await HostServer.ListenAsync(web, $"{arguments.Bind ?? "loopback"}, port {arguments.Port}");
        web.Services.GetRequiredService<ExtensionEndpoints>().Address = address;
        ProcessEnvironment.Set("WEBSITE_HOSTNAME", address.Authority);

        var running = workers.RunAsync(channel);
        // Not disposed unless it stops in time: disposal waits for a store that may have gone first.
        var jobs = JobHosting.Build(scriptRoot, settings, loggers, web.Services);
        await StorageProbe.RunAsync(settings);
        var invoker = web.Services.GetRequiredService<FunctionInvoker>();
        await await Task.WhenAny(Task.WhenAll(StartAsync(jobs, invoker), workers.CheckAsync(functions)), running);
        var state = web.Services.GetRequiredService<HostState>();
        state.Run();
        Announce(address, keys);

        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        web.Lifetime.ApplicationStopping.Register(() => stopping.TrySetResult());
        await Task.WhenAny(stopping.Task, running);
        state.End();
        // By Ctrl-C the worker was told to end as well.
        workers.RestartNoMore();
        await StopAsync(jobs, clock);
        await workers.DisposeAsync();
        await running;
        return 0;
    }

    /// <returns>The folder of host.json.</returns>
    private static string PrepareEnvironment()
    {
        var scriptRoot = Path.GetFullPath(ProcessEnvironment.Read("AzureWebJobsScriptRoot") ?? Environment.CurrentDirectory);
        LocalSettings.Apply(scriptRoot);
        ProcessEnvironment.ForgetThePlatform();
        ProcessEnvironment.Set("AzureWebJobsScriptRoot", scriptRoot);
        ProcessEnvironment.SetIfAbsent("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated");
        // A developer's machine unless told otherwise, as under Core Tools.
        ProcessEnvironment.SetIfAbsent("AZURE_FUNCTIONS_ENVIRONMENT", "Development");
        return scriptRoot;
    }

    private static async Task StartAsync(IHost jobs, FunctionInvoker invoker)
    {
        try
        {
            // Its start works before it waits; the worker starts meanwhile.
            await Task.Run(() => jobs.StartAsync());
            await invoker.BindHttpInputsAsync(jobs.Services.GetRequiredService<IJobHost>());
        }
        catch (Exception fault)
        {
            throw new StartUpException(
                $"The functions cannot be served: {fault.Message} "
                    + $"{(fault.InnerException is null ? "" : fault.GetBaseException().Message)}", fault);
        }
    }

    private static async Task StopAsync(IHost jobs, TimeProvider clock)
    {
        try
        {
            await jobs.StopAsync().WaitAsync(ListenersStopWithin, clock);
            jobs.Dispose();
        }
        catch (TimeoutException)
        {
            // What still runs is run again at the next start.
        }
    }

    private static void Announce(Uri address, KeyRing keys)
    {
#pragma warning disable RS0030 // Whoever starts the host reads these lines from standard output, whatever is logged.
        Console.WriteLine(
            $"Keys: {keys.Folder} (send the one in 'function' or 'master' as the header x-functions-key, or in the query as code)");
        Console.WriteLine($"Listening on {address.GetLeftPart(UriPartial.Authority)}");
#pragma warning restore RS0030
    }
}
