using System.Globalization;
using Holdfast.Tests.Faults.Injection;

namespace Holdfast.Tests.Faults;

/// <summary>The words under which a <see cref="FaultLog"/> counts.</summary>
public static class FaultNames
{
    public const string Kill = "kill -9";
    public const string Pause = "freeze";
    public const string FailedStart = "start that failed";
    public const string Storage = "storage";
    public const string TaskHub = "task hub";
    public const string Slack = "slack";
    public const string GitHub = "github";
    public const string Model = "model";
    public const string Sender = "sender";

    public static string KillOf(AppPart part) => $"{Kill}: {Of(part)}";

    public static string PauseOf(AppPart part) => $"{Pause}: {Of(part)}";

    public static string Of(AppPart part) => part switch
    {
        AppPart.Worker => "worker",
        AppPart.Host => "host",
        AppPart.Both => "both",
        _ => throw new ArgumentOutOfRangeException(nameof(part)),
    };

    public static string Of(Forecast forecast) => forecast switch
    {
        Forecast.Refused refused => refused.Status.ToString(CultureInfo.InvariantCulture),
        Forecast.LostAnswer => "answer lost",
        Forecast.CutAnswer => "answer cut",
        Forecast.Reset => "connection reset",
        Forecast.StalledRequest => "request stalled",
        Forecast.StalledAnswer => "answer stalled",
        Forecast.Held => "request held",
        _ => throw new ArgumentOutOfRangeException(nameof(forecast)),
    };
}
