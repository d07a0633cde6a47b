using Holdfast.Sessions;

namespace Holdfast.Functions.Endpoints;

/// <summary>
/// The session key in an address. The server has decoded the address once, all of it but <c>%2F</c>, which it leaves as it is so that it
/// parts no segments; decoding again would make one session of two (<c>…:a%3Ab</c> and <c>…:a:b</c>). A key holds no <c>%2F</c> of its own.
/// </summary>
internal static class RouteKey
{
    /// <param name="value">The route's value, as the function gets it.</param>
    /// <returns>Null when it is no session key.</returns>
    public static SessionKey? Read(string value) => SessionKey.TryParse(value.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
}
