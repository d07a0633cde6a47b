using System.Diagnostics.Metrics;

namespace Holdfast.Storage;

/// <summary>
/// Counts the requests that go to the blob service, for whoever listens to the meter <c>Holdfast</c>: <c>holdfast.storage.calls</c> by verb
/// and family of blobs, <c>holdfast.storage.retries</c> for what the SDK sent again. One listing page is one request. Costs next to nothing
/// while nobody listens.
/// </summary>
public static class StorageMeter
{
    public const string Name = "Holdfast";

    private static readonly string[] Families = ["sessions", "keys", "deliveries", "inbox", "outbox", "receipts", "toolcalls", "cron"];
    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Calls =
        Meter.CreateCounter<long>("holdfast.storage.calls", "{call}", "Requests to the blob service, by verb and blob family.");

    private static readonly Counter<long> Retries =
        Meter.CreateCounter<long>("holdfast.storage.retries", "{call}", "Requests that the storage SDK sent again.");

    internal static void Count(BlobVerb verb, string name)
    {
        if (Calls.Enabled)
        {
            Calls.Add(1, new("verb", verb.ToString()), new("family", FamilyOf(name)));
        }
    }

    internal static void CountRetry() => Retries.Add(1);

    /// <summary>The first segment of the name when it is one of the layout's: a metric's tag must not grow with the names.</summary>
    private static string FamilyOf(string name) => Array.Find(Families, family => family == name.Split('/')[0]) ?? "other";
}
