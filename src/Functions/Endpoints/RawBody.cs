using Microsoft.AspNetCore.Http;

namespace Holdfast.Functions.Endpoints;

/// <summary>Reads a request's body as the bytes that were sent: signatures are over these.</summary>
internal static class RawBody
{
    /// <returns>Null when the body is larger than <paramref name="maxBytes"/>; no more than that is read.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            return null;
        }

        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 4096, 64 * 1024));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (body.Length + read > maxBytes)
            {
                return null;
            }

            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }
}
