using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Peers.Scripting;

/// <summary>An answer ready to be written: status, JSON text and headers.</summary>
public sealed record PeerReply(int Status, string Body, params IReadOnlyList<(string Name, string Value)> Headers)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static PeerReply Json(int status, JsonNode body, params IReadOnlyList<(string Name, string Value)> headers) =>
        new(status, body.ToJsonString(Plain), headers);

    /// <summary>
    /// Plays one call: <paramref name="act"/> has the effect and gives the ordinary answer, and is not called when the script says
    /// that the call has no effect.
    /// </summary>
    public static async Task PlayAsync(HttpContext http, ScriptedAnswer answer, Func<PeerReply> act)
    {
        switch (answer)
        {
            case ScriptedAnswer.Refused refused:
                await new PeerReply(refused.Status, refused.Body, refused.Headers).WriteAsync(http);
                return;
            case ScriptedAnswer.LostRequest:
                http.Abort();
                return;
            case ScriptedAnswer.LostAnswer:
                _ = act();
                http.Abort();
                return;
            case ScriptedAnswer.Held held:
                var reply = act();
                await held.Gate.WaitAsync(http.RequestAborted);
                await reply.WriteAsync(http);
                return;
            default:
                await act().WriteAsync(http);
                return;
        }
    }

    private async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            http.Response.Headers[name] = value;
        }

        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Body), http.RequestAborted);
    }
}
