using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Channels.Schedules;
using Holdfast.Channels.Slack;
using Holdfast.Inbox;

namespace Holdfast.Configuration.Parsing;

/// <summary>How the file writes a value whose own shape is another.</summary>
internal interface IWrittenForm<out T>
{
    /// <summary>The value; asked for only once the form was found right.</summary>
    T Value { get; }
}

/// <summary>A converter by way of a form, which the reader walks along in place of the value's own type.</summary>
internal interface IFormConverter
{
    Type Form { get; }
}

/// <summary>Reads a value by its form.</summary>
internal sealed class FormConverter<T, TForm> : JsonConverter<T>, IFormConverter
    where TForm : class, IWrittenForm<T>
{
    public Type Form => typeof(TForm);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<TForm>(ref reader, options) is { } form ? form.Value : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>When a job comes due: exactly one of <see cref="Cron"/>, <see cref="Every"/> and <see cref="At"/>.</summary>
internal sealed record WrittenSchedule : IWrittenForm<Schedule>, IValidatableObject
{
    public string? Cron { get; set; }

    /// <summary>IANA name, with <see cref="Cron"/>. Default: UTC.</summary>
    public string? TimeZone { get; set; }

    /// <summary>1 s to 366 d.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "366.00:00:00")]
    public TimeSpan? Every { get; set; }

    /// <summary>With <see cref="Every"/>; fixes the phase. Default: 1970-01-01T00:00:00Z.</summary>
    public DateTimeOffset? AnchorAt { get; set; }

    public DateTimeOffset? At { get; set; }

    [JsonIgnore]
    public Schedule Value => this switch
    {
        { Cron: { } line } =>
            new Schedule.Cron(CronSchedule.Parse(line), ZoneOf(TimeZone) ?? TimeZoneInfo.Utc),
        { Every: { } interval } => new Schedule.Every(interval, AnchorAt ?? DateTimeOffset.UnixEpoch),
        _ => new Schedule.At(At ?? DateTimeOffset.UnixEpoch),
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (new[] { Cron is not null, Every is not null, At is not null }.Count(given => given) != 1)
        {
            yield return new ValidationResult("must have exactly one of the keys cron, every and at");
            yield break;
        }

        if (Cron is not null && CronSchedule.TryParse(Cron, out var reason) is null)
        {
            yield return new ValidationResult(reason, [nameof(Cron)]);
        }

        if (TimeZone is not null && (Cron is null || ZoneOf(TimeZone) is null))
        {
            yield return new ValidationResult(Cron is null ? "belongs to cron" : WhatIsWrongWithZone(TimeZone), [nameof(TimeZone)]);
        }

        if (AnchorAt is not null && Every is null)
        {
            yield return new ValidationResult("belongs to every", [nameof(AnchorAt)]);
        }
    }

    public static TimeZoneInfo? ZoneOf(string? name) =>
        name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    public static string WhatIsWrongWithZone(string name)
    {
        var known = TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id);
        return $"there is no such IANA time zone on this machine{NearestName.Hint(name, known)}";
    }
}

/// <summary>Where an answer goes.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(None), "none")]
[JsonDerivedType(typeof(Comment), "comment")]
[JsonDerivedType(typeof(Slack), "slack")]
[JsonDerivedType(typeof(GitHub), "github")]
internal abstract record WrittenTarget : IWrittenForm<ReplyTarget?>
{
    private WrittenTarget()
    {
    }

    [JsonIgnore]
    public abstract ReplyTarget? Value { get; }

    /// <summary>Nowhere; it stands in the transcript.</summary>
    public sealed record None : WrittenTarget
    {
        public override ReplyTarget Value => new ReplyTarget.Stored();
    }

    /// <summary>As a comment on the issue or pull request that the event was about. GitHub hooks only.</summary>
    public sealed record Comment : WrittenTarget
    {
        public override ReplyTarget? Value => null;
    }

    /// <summary>As a Slack message: into a thread, or into the channel itself.</summary>
    public sealed record Slack : WrittenTarget
    {
        [RegularExpression(SlackOptions.ChannelIdPattern, ErrorMessage = "must be a channel's id such as C0123ABCD, not its name")]
        public required string Channel { get; set; }

        /// <summary>The <c>ts</c> of a thread's first message.</summary>
        [RegularExpression(@"\A[0-9.]+\z", ErrorMessage = "must be a message's ts such as 1716239022.000100")]
        public string? Thread { get; set; }

        public override ReplyTarget Value => new ReplyTarget.Slack(Channel, Thread);
    }

    /// <summary>As a comment on one issue or pull request.</summary>
    public sealed record GitHub : WrittenTarget
    {
        [RegularExpression(@"\A[A-Za-z0-9._-]+/[A-Za-z0-9._-]+\z", ErrorMessage = "must be owner/name")]
        public required string Repository { get; set; }

        [Range(1, int.MaxValue)]
        public required int Number { get; set; }

        public override ReplyTarget Value => new ReplyTarget.GitHub(Repository.Split('/')[0], Repository.Split('/')[1], Number);
    }
}

/// <summary>An instant with its offset; a text without one would be read in the machine's own zone.</summary>
internal sealed class InstantConverter : TextConverter<DateTimeOffset>
{
    public const string Expected = "an instant with its offset, such as \"2026-12-24T18:00:00+01:00\"";

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    protected override DateTimeOffset Parse(string text)
    {
        var hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        return hasOffset && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? instant.ToUniversalTime()
            : throw new JsonException();
    }
}
