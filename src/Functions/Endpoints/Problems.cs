using Holdfast.Inbox;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Functions.Endpoints;

/// <summary>Answers of endpoints that let nothing in: RFC 9457 problem bodies that say what is wrong and never what was sent.</summary>
internal static class Problems
{
    public static IResult Of(WebhookOutcome.Refused refused) => refused.Kind switch
    {
        WebhookRefusal.Malformed => Of(StatusCodes.Status400BadRequest, refused.Detail),
        WebhookRefusal.Unauthorized => Of(StatusCodes.Status401Unauthorized, refused.Detail),
        WebhookRefusal.UnknownEndpoint => Of(StatusCodes.Status404NotFound, refused.Detail),
        WebhookRefusal.TooLarge => Of(StatusCodes.Status413PayloadTooLarge, refused.Detail),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static IResult Of(int status, string detail) => Results.Problem(detail, statusCode: status);

    public static IResult NoSessionKey() => Of(StatusCodes.Status400BadRequest, "A session key reads agent:{agent}:{rest}.");

    public static IResult NoSession() => Of(StatusCodes.Status404NotFound, "There is no session of this key.");

    public static IResult TooLarge(int maxBytes) =>
        Of(StatusCodes.Status413PayloadTooLarge, $"This endpoint takes at most {maxBytes} bytes.");
}
