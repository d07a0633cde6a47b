using System.Reflection;
using System.Text.Json;
using Azure.Core;
using Azure.Storage.Blobs;
using Holdfast.Embedded.Durable.Client;
using Holdfast.Embedded.Durable.Dispatch;
using Holdfast.Embedded.Durable.Hosting;
using Holdfast.Embedded.Durable.Management;
using Holdfast.Embedded.Durable.Store;
using Holdfast.Embedded.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

[assembly: EmbeddedExtension(typeof(DurableExtension))]

namespace Holdfast.Embedded.Durable.Hosting;

/// <summary>Plugs the engine into the embedded worker: orchestration and activity triggers, the client binding, the management API.</summary>
public sealed class DurableExtension : IEmbeddedExtension
{
    /// <inheritdoc/>
    public void ConfigureServices(IServiceCollection services, IConfiguration configuration, IConfiguration hostJson)
    {
        var options = DurableSettings.Read(configuration, hostJson);
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<JsonSerializerOptions>(static json => json.PropertyNameCaseInsensitive = true);
        services.AddSingleton<FunctionTable>();
        services.AddSingleton(provider => new TaskHub(
            new HistoryStore(Container(configuration), options.HubName),
            provider.GetRequiredService<FunctionTable>(),
            options,
            new JsonDataConverter(provider.GetRequiredService<IOptions<JsonSerializerOptions>>().Value),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<DurableTaskClient, EmbeddedDurableTaskClient>();
        services.AddHostedService<HubLifetime>();
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">An orchestration trigger that is no <see cref="TaskOrchestrationContext"/>.</exception>
    public bool TryAdd(FunctionDescriptor function, IServiceProvider services)
    {
        var table = services.GetRequiredService<FunctionTable>();
        if (function.Trigger.IsDefined(typeof(OrchestrationTriggerAttribute)))
        {
            if (function.Trigger.ParameterType != typeof(TaskOrchestrationContext))
            {
                throw new InvalidOperationException($"The trigger of orchestrator '{function.Name}' must be a {nameof(TaskOrchestrationContext)}.");
            }

            table.Add(function.Name, context => services.GetRequiredService<IFunctionInvoker>().InvokeAsync(function, context, CancellationToken.None));
            return true;
        }

        if (function.Trigger.IsDefined(typeof(ActivityTriggerAttribute)))
        {
            var inputType = function.Trigger.ParameterType;
            table.Add(function.Name, (input, cancellationToken) => services.GetRequiredService<IFunctionInvoker>().InvokeAsync(
                function, services.GetRequiredService<TaskHub>().Converter.Deserialize(input, inputType), cancellationToken));
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The binding names another task hub or connection than the app's, or another type.</exception>
    public bool TryBind(ParameterInfo parameter, IServiceProvider services, out object? value)
    {
        value = null;
        if (parameter.GetCustomAttribute<DurableClientAttribute>() is not { } binding)
        {
            return false;
        }

        if (parameter.ParameterType != typeof(DurableTaskClient))
        {
            throw new InvalidOperationException($"[DurableClient] '{parameter.Name}' must be a {nameof(DurableTaskClient)}.");
        }

        var client = services.GetRequiredService<DurableTaskClient>();
        if ((binding.TaskHub ?? client.Name) != client.Name || (binding.ConnectionName ?? DurableSettings.Connection) != DurableSettings.Connection)
        {
            throw new InvalidOperationException($"[DurableClient] '{parameter.Name}': the embedded engine serves the app's own task hub '{client.Name}' only.");
        }

        value = client;
        return true;
    }

    /// <inheritdoc/>
    public void MapEndpoints(IEndpointRouteBuilder endpoints) => ManagementEndpoints.Map(endpoints);

    private static BlobContainerClient Container(IConfiguration configuration)
    {
        var options = new BlobClientOptions();
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        // A dead connection shall not hold an instance's turn for the SDK's 100 s.
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(30);
        // Logging and tracing of the SDK cost on each call, and each step of an orchestration is a call.
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        return new BlobContainerClient(
            DurableSettings.ConnectionString(configuration), configuration["Holdfast:Storage:Container"] ?? "holdfast", options);
    }
}
