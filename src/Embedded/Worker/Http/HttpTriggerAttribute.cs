using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts the function by an HTTP request. The parameter is an ASP.NET <c>HttpRequest</c>.</summary>
public sealed class HttpTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Any method, function level.</summary>
    public HttpTriggerAttribute()
    {
        AuthLevel = AuthorizationLevel.Function;
        LevelAskedFor = AuthorizationLevel.Function;
    }

    /// <summary>The given methods. <see cref="AuthLevel"/> stays unset and the host falls back to function level.</summary>
    public HttpTriggerAttribute(params string[] methods)
    {
        Methods = methods;
        LevelAskedFor = AuthorizationLevel.Function;
    }

    /// <summary>Any method, the given level.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel)
    {
        AuthLevel = authLevel;
        LevelAskedFor = authLevel;
    }

    /// <summary>The given methods and level.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
    {
        AuthLevel = authLevel;
        LevelAskedFor = authLevel;
        Methods = methods;
    }

    /// <summary>Route template below the route prefix; the function's name if null or empty.</summary>
    public string? Route { get; set; }

    /// <summary>Methods the function answers; null for all.</summary>
    public string[]? Methods { get; }

    /// <summary>The level as the attribute was given it.</summary>
    public AuthorizationLevel AuthLevel { get; }

    /// <summary>The level the host asks for: the real host falls back to function level where none was given.</summary>
    internal AuthorizationLevel LevelAskedFor { get; }
}
