using System.Globalization;

namespace Octokit;

/// <summary>The abuse detection stepped in: 403.</summary>
public class AbuseException : ForbiddenException
{
    public AbuseException(IResponse response)
        : this(response, null)
    {
    }

    public AbuseException(IResponse response, Exception? innerException)
        : base(response, innerException) =>
        RetryAfterSeconds = Parse(response.Headers);

    /// <summary>The pause that the API asks for, in seconds; null when it names none.</summary>
    public int? RetryAfterSeconds { get; private set; }

    public override string Message => ApiErrorMessageSafe ?? "Request Forbidden - Abuse Detection";

    private static int? Parse(IReadOnlyDictionary<string, string> headers)
    {
        var value = headers.FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value;
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }
}
