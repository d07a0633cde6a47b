using Holdfast.Inbox;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Functions.Endpoints;

/// <summary>Answers of doors that let nothing in: RFC 9457 problem bodies that say what is wrong and never what was sent.</summary>
internal static class Problems
{
    public static IResult Of(IntakeOutcome.Refused refused) => refused.Kind switch
    {
        IntakeRefusal.Malformed => Of(StatusCodes.Status400BadRequest, refused.Detail),
        IntakeRefusal.Unproven => Of(StatusCodes.Status401Unauthorized, refused.Detail),
        IntakeRefusal.UnknownDoor => Of(StatusCodes.Status404NotFound, refused.Detail),
        IntakeRefusal.TooLarge => Of(StatusCodes.Status413PayloadTooLarge, refused.Detail),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static IResult Of(int status, string detail) => Results.Problem(detail, statusCode: status);

    public static IResult TooLarge(int maxBytes) => Of(StatusCodes.Status413PayloadTooLarge, $"This door takes at most {maxBytes} bytes.");
}
