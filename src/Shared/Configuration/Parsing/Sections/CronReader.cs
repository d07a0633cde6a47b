using System.Globalization;
using System.Text.Json;
using Holdfast.Channels.Schedules;

namespace Holdfast.Configuration.Parsing.Sections;

/// <summary>Reads a cron job.</summary>
internal static class CronReader
{
    private static readonly string[] InstantFormats =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static CronJobConfiguration Read(string name, ObjectReader reader)
    {
        var section = reader.Section("schedule");
        var basis = new CronJobConfiguration
        {
            Name = name,
            Schedule = Schedule(section),
            Agent = reader.Text("agent"),
            Message = reader.Text("message"),
        };
        section.Close();
        return basis with
        {
            SessionKey = reader.OptionalText("sessionKey"),
            Deliver = DeliveryReader.Read(reader, "deliver", basis.Deliver, mayComment: false),
            Missed = reader.Choice("missed", (MissedRuns?)basis.Missed, ("skip", MissedRuns.Skip), ("once", MissedRuns.Once)),
            Overlap = reader.Choice(
                "overlap", (OverlappingRuns?)basis.Overlap, ("skip", OverlappingRuns.Skip), ("queue", OverlappingRuns.Queue)),
        };
    }

    private static Schedule Schedule(ObjectReader reader)
    {
        string[] kinds = ["cron", "every", "at"];
        var given = kinds.Where(reader.Has).ToList();
        if (given.Count != 1)
        {
            Array.ForEach([.. kinds, "timeZone", "anchorAt"], reader.Ignore);
            reader.File.Report(reader.Path, "must have exactly one of the keys cron, every and at");
            return new Schedule.At(DateTimeOffset.UnixEpoch);
        }

        kinds.Where(kind => kind != given[0]).ToList().ForEach(reader.Ignore);
        return given[0] switch
        {
            "cron" => Cron(reader),
            "every" => new Schedule.Every(
                reader.Duration("every", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromDays(366)),
                Instant(reader, "anchorAt") ?? DateTimeOffset.UnixEpoch),
            _ => new Schedule.At(Instant(reader, "at") ?? DateTimeOffset.UnixEpoch),
        };
    }

    private static Schedule Cron(ObjectReader reader)
    {
        var zone = Zone(reader);
        var line = reader.Text("cron");
        if (line.Length == 0)
        {
            return new Schedule.At(DateTimeOffset.UnixEpoch);
        }

        try
        {
            return new Schedule.Cron(CronSchedule.Parse(line), zone);
        }
        catch (FormatException fault)
        {
            reader.File.Report(reader.KeyPath("cron"), line, fault.Message);
            return new Schedule.At(DateTimeOffset.UnixEpoch);
        }
    }

    private static TimeZoneInfo Zone(ObjectReader reader)
    {
        if (reader.OptionalText("timeZone") is not { } name)
        {
            return TimeZoneInfo.Utc;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return zone;
        }

        var known = TimeZoneInfo.GetSystemTimeZones().Select(candidate => candidate.Id);
        reader.File.Report(
            reader.KeyPath("timeZone"),
            name,
            $"there is no such IANA time zone on this machine{NearestName.Hint(name, known)}");
        return TimeZoneInfo.Utc;
    }

    private static DateTimeOffset? Instant(ObjectReader reader, string key)
    {
        const string Expected = "an instant with its offset, such as \"2026-12-24T18:00:00+01:00\"";
        if (reader.Take(key, JsonValueKind.String, Expected, isRequired: false) is not { } value)
        {
            return null;
        }

        var text = value.GetString()!;
        // A text without offset would be read in the machine's own zone.
        var hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        if (hasOffset
            && DateTimeOffset.TryParseExact(text, InstantFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
        {
            return instant.ToUniversalTime();
        }

        reader.File.Report(reader.KeyPath(key), value, $"must be {Expected}");
        return null;
    }
}
