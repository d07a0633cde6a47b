using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Embedded.Durable.Management;

/// <summary>
/// Who may manage: with a key, whoever names it (query <c>code</c> or header <c>x-functions-key</c>, as for a system key);
/// without one, this machine only.
/// </summary>
internal sealed class ManagementGate(string? key)
{
    // Digests are compared, so that the time taken says nothing about length or content.
    private readonly byte[]? _expected = string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public bool IsOpenFor(HttpContext http)
    {
        if (_expected is null)
        {
            return http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
        }

        var given = http.Request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : http.Request.Query["code"].ToString();
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _expected);
    }
}
