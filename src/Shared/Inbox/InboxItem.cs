using System.Globalization;
using Holdfast.Sessions;
using Holdfast.Storage;

namespace Holdfast.Inbox;

/// <summary>What a pending blob is.</summary>
public enum InboxKind
{
    /// <summary>A message that wants a turn.</summary>
    Message = 1,

    /// <summary>An entry for the transcript that wants no turn.</summary>
    Side = 2,
}

/// <summary>One row of an inbox listing: all that the blob's name says, without reading it.</summary>
/// <param name="KeyHash">The session's, see <see cref="SessionKey.Hash"/>.</param>
/// <param name="Turn">Of the delivery; a side entry has none, and yet one delivery.</param>
public sealed record InboxItem(BlobPath Path, BlobETag ETag, string KeyHash, DateTimeOffset AcceptedAt, InboxKind Kind, TurnId Turn)
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfffffff'Z'";

    /// <summary>All pending blobs.</summary>
    public const string Root = "inbox/";

    /// <summary>What was pending and could not be read, under its name: nobody takes it any more, and an operator can look at it.</summary>
    public const string SetAsideRoot = "deadletters/";

    /// <summary>Names sort by time of acceptance, to 100 ns; two messages of one instant sort by their hash.</summary>
    public static BlobPath PathOf(string keyHash, DateTimeOffset acceptedAt, InboxKind kind, string deliveryHash)
    {
        var at = acceptedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        return BlobPath.Parse($"{PrefixOf(keyHash)}{at}-{(kind == InboxKind.Side ? 's' : 'm')}-{deliveryHash}.json");
    }

    /// <summary>See <see cref="DeliveryId.Hash"/>.</summary>
    public string DeliveryHash => Turn.Value;

    public static string PrefixOf(string keyHash) => $"{Root}{keyHash}/";

    /// <summary>Where a pending blob goes that cannot be read.</summary>
    public static BlobPath SetAside(BlobPath pending) => BlobPath.Parse(SetAsideRoot + pending.Value[Root.Length..]);

    /// <returns>Null for a blob that is not named like a pending one.</returns>
    public static InboxItem? Parse(BlobListing row)
    {
        var parts = row.Path.Value.Split('/');
        var name = parts is [_, _, var file] && file.EndsWith(".json", StringComparison.Ordinal) ? file[..^5].Split('-') : [];
        return name is [var at, "m" or "s", var hash] && TurnId.TryParse(hash) is { } turn
            && DateTimeOffset.TryParseExact(
                at, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var acceptedAt)
                ? new InboxItem(row.Path, row.ETag, parts[1], acceptedAt, name[1] == "s" ? InboxKind.Side : InboxKind.Message, turn)
                : null;
    }
}
