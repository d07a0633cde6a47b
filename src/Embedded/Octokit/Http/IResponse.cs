using System.Net;

namespace Octokit;

/// <summary>An answer of the API as it came.</summary>
public interface IResponse
{
    /// <summary>The body's text, or null when there was none.</summary>
    object? Body { get; }

    /// <summary>The first value of each response header; headers of the content are not among them.</summary>
    IReadOnlyDictionary<string, string> Headers { get; }

    ApiInfo ApiInfo { get; }

    HttpStatusCode StatusCode { get; }

    /// <summary>The media type without its parameters.</summary>
    string? ContentType { get; }
}
