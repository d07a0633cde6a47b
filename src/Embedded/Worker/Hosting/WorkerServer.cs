using Holdfast.Embedded.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Embedded.Hosting;

/// <summary>The web server below the functions, no more of it than they need.</summary>
internal static class WorkerServer
{
    /// <summary>The request limit of the Functions host.</summary>
    private const long MaxBodyBytes = 100 * 1024 * 1024;

    public static void AddTo(WebApplicationBuilder web, string urls)
    {
        web.WebHost.UseUrls(urls).UseKestrelCore().ConfigureKestrel(static options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        web.Host.UseDefaultServiceProvider(static (context, options) =>
            options.ValidateOnBuild = options.ValidateScopes = context.HostingEnvironment.IsDevelopment());
        web.Services.AddRouting();
        web.Services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, FunctionMethodsPolicy>());
        web.Services.Configure<ConsoleLifetimeOptions>(static options => options.SuppressStatusMessages = true);
    }

    /// <summary>What action results need to execute themselves: MVC's core without controllers, so nothing is scanned for them.</summary>
    public static void AddActionResults(IServiceCollection services)
    {
        services.TryAddSingleton(new ApplicationPartManager());
        services.AddMvcCore();
    }
}
