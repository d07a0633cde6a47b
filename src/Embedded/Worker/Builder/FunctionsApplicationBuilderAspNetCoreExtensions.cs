namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>The ASP.NET Core integration of HTTP functions.</summary>
public static class FunctionsApplicationBuilderAspNetCoreExtensions
{
    /// <summary>
    /// Lets HTTP functions take an ASP.NET request and return its results. Middleware that needs the request is added after this.
    /// </summary>
    public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ServeHttp();
        return builder;
    }
}
