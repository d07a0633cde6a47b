using System.Globalization;
using System.Text.Json.Nodes;
using Holdfast.Harness;

namespace Holdfast.EndToEnd.Tests;

/// <summary>A fixture with a job for one instant soon after the start and one for every two seconds.</summary>
public sealed class CronFixture : RunningFixture
{
    public DateTimeOffset DueAt { get; } = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddSeconds(4).ToUnixTimeSeconds());

    /// <summary>How an occurrence writes its due time.</summary>
    public static string Name(DateTimeOffset dueAt) => dueAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The due time in an occurrence's name.</summary>
    public static DateTimeOffset ParseName(string path) => DateTimeOffset.ParseExact(
        Path.GetFileNameWithoutExtension(path), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    protected override AppConfiguration Configuration() => AppConfiguration.Default(AppFixture, configuration =>
    {
        configuration["cron"] = new JsonObject
        {
            ["once"] = Job("only once", new JsonObject { ["at"] = DueAt.ToString("O", CultureInfo.InvariantCulture) }, "C0ONCE"),
            ["often"] = Job("again and again", new JsonObject { ["every"] = "2s" }, "C0OFTEN"),
        };
    });

    private static JsonObject Job(string message, JsonObject schedule, string channel) => new()
    {
        ["schedule"] = schedule,
        ["agent"] = "main",
        ["message"] = message,
        // A slow machine must not make an occurrence skip another.
        ["overlap"] = "queue",
        ["deliver"] = new JsonObject { ["kind"] = "slack", ["channel"] = channel },
    };
}
