using System.Diagnostics.CodeAnalysis;
using Header = System.Net.Http.Headers.ProductHeaderValue;

namespace Octokit;

/// <summary>Name and version of the calling program, the start of its User-Agent.</summary>
public class ProductHeaderValue
{
    private readonly Header _header;

    /// <exception cref="FormatException">The name is no HTTP token.</exception>
    public ProductHeaderValue(string name)
        : this(new Header(name))
    {
    }

    /// <exception cref="FormatException">Name or version is no HTTP token.</exception>
    public ProductHeaderValue(string name, string version)
        : this(new Header(name, version))
    {
    }

    public ProductHeaderValue(Header productHeader)
    {
        ArgumentNullException.ThrowIfNull(productHeader);
        _header = productHeader;
    }

    public string Name => _header.Name;

    public string? Version => _header.Version;

    public static ProductHeaderValue Parse(string input) => new(Header.Parse(input));

    public static bool TryParse(string input, [NotNullWhen(true)] out ProductHeaderValue? parsedValue)
    {
        parsedValue = Header.TryParse(input, out var header) ? new ProductHeaderValue(header) : null;
        return parsedValue is not null;
    }

    public override bool Equals(object? obj) => obj is ProductHeaderValue other && _header.Equals(other._header);

    public override int GetHashCode() => _header.GetHashCode();

    public override string ToString() => _header.ToString();
}
