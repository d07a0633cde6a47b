using Holdfast.Tests.Faults.Weather;

namespace Holdfast.Tests.Faults;

/// <summary>The words under which a <see cref="Chronicle"/> counts.</summary>
public static class FaultNames
{
    public const string Kill = "kill -9";
    public const string Pause = "pause";
    public const string FailedStart = "start that failed";
    public const string LostAnswer = "storage answer lost";
    public const string CutAnswer = "storage answer cut";
    public const string Reset = "storage connection reset";
    public const string StalledRequest = "storage request stalled";
    public const string StalledAnswer = "storage answer stalled";
    public const string Slack = "slack";
    public const string GitHub = "github";
    public const string Model = "model";
    public const string Sender = "sender";

    public static string Of(Forecast forecast) => forecast switch
    {
        Forecast.LostAnswer => LostAnswer,
        Forecast.CutAnswer => CutAnswer,
        Forecast.Reset => Reset,
        Forecast.StalledRequest => StalledRequest,
        Forecast.StalledAnswer => StalledAnswer,
        _ => throw new ArgumentOutOfRangeException(nameof(forecast)),
    };
}
