using Holdfast.Embedded.Hosting;
using Holdfast.Embedded.Http;
using Holdfast.Embedded.Invocation;
using Holdfast.Embedded.Settings;
using Holdfast.Embedded.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Collects configuration, services, logging and middleware of an application and builds its host.</summary>
public sealed class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly WorkerSetup _setup;
    private readonly IConfiguration _hostJson;
    private readonly InvocationPipeline _pipeline = new();
    private bool _servesHttp;
    private bool _hasBuilt;

    internal FunctionsApplicationBuilder(string[]? args, WorkerSetup setup)
    {
        _setup = setup;
        var commandLine = new ConfigurationBuilder().AddCommandLine(args ?? []).Build();
        var contentRoot = ContentRoot.Find(commandLine, setup.CurrentDirectory, setup.BaseDirectory);
        var localSettings = LocalSettings.Apply(contentRoot);
        _hostJson = HostJson.Read(contentRoot);
        _web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = setup.ApplicationName,
            ContentRootPath = contentRoot,
            EnvironmentName = AppConfiguration.EnvironmentName(commandLine),
        });
        AppConfiguration.AddTo(Configuration, _web.Environment, args ?? []);
        WorkerLogging.AddTo(Logging, Configuration, _hostJson);
        WorkerServer.AddTo(_web, ListenAddress.Choose(commandLine, localSettings));
        AddServices();
    }

    /// <inheritdoc/>
    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    /// <summary>
    /// Settings: appsettings.json, the environment with the values of local.settings.json, the command line; later ones win.
    /// </summary>
    public ConfigurationManager Configuration => _web.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    /// <summary>The environment; <c>Development</c> unless AZURE_FUNCTIONS_ENVIRONMENT or DOTNET_ENVIRONMENT says otherwise, as under Core Tools.</summary>
    public IHostEnvironment Environment => _web.Environment;

    /// <inheritdoc/>
    public ILoggingBuilder Logging => _web.Logging;

    /// <inheritdoc/>
    public IMetricsBuilder Metrics => _web.Metrics;

    /// <inheritdoc cref="IHostApplicationBuilder.Services"/>
    public IServiceCollection Services => _web.Services;

    /// <summary>Builds the host. Only once.</summary>
    /// <exception cref="HostStartException">A function cannot work; the message names its method and the reason.</exception>
    /// <exception cref="InvalidOperationException">The application has been built already.</exception>
    public IHost Build()
    {
        ThrowIfBuilt();
        _hasBuilt = true;
        Services.TryAddSingleton(TimeProvider.System);
        Services.AddSingleton(_pipeline.Build());
        var app = _web.Build();
        try
        {
            new WorkerAssembly(app, _setup, _hostJson, _servesHttp).Assemble();
            return app;
        }
        catch
        {
            ((IDisposable)app).Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull
        => ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);

    /// <inheritdoc/>
    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ThrowIfBuilt();
        _pipeline.Add(middleware);
        return this;
    }

    internal void ServeHttp()
    {
        if (!_servesHttp)
        {
            _servesHttp = true;
            Use(HttpStep.Around);
            WorkerServer.AddActionResults(Services);
        }
    }

    private void AddServices()
    {
        // First of the hosted services, so that it is stopped last.
        Services.AddHostedService<WorkerLifetime>();
        Services.AddSingleton(_setup);
        Services.AddSingleton<FunctionTable>();
        Services.AddSingleton<RunningInvocations>();
        Services.AddSingleton<KeyGate>();
        Services.AddSingleton<IFunctionInvoker, FunctionInvoker>();
        Services.AddSingleton<TimerRunner>();
        Services.AddHostedService(services => services.GetRequiredService<TimerRunner>());
        foreach (var extension in _setup.Extensions)
        {
            extension.ConfigureServices(Services, Configuration, _hostJson);
        }
    }

    private void ThrowIfBuilt()
    {
        if (_hasBuilt)
        {
            throw new InvalidOperationException("The application has been built already.");
        }
    }
}
