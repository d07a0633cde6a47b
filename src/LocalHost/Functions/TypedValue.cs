using Holdfast.LocalHost.Workers.Protocol;
using Microsoft.Azure.WebJobs;
using Newtonsoft.Json;

namespace Holdfast.LocalHost.Functions;

/// <summary>Values as the WebJobs SDK has them and as the worker protocol carries them.</summary>
internal static class TypedValue
{
    /// <summary>A date in a result is text that its reader takes apart, or none: it must come back as it was written.</summary>
    private static readonly JsonSerializerSettings AsWritten = new() { DateParseHandling = DateParseHandling.None };

    public static TypedData ToProtocol(object? value) => value switch
    {
        null => new TypedData(),
        string text => new TypedData { String = text },
        TimerInfo timer => new TypedData
        {
            Json = JsonConvert.SerializeObject(
                new { Schedule = new { timer.Schedule?.AdjustForDST }, timer.ScheduleStatus, timer.IsPastDue }),
        },
        _ => new TypedData { Json = JsonConvert.SerializeObject(value) },
    };

    public static object? FromProtocol(TypedData? value) => value?.DataCase switch
    {
        TypedData.DataOneofCase.String => value.String,
        TypedData.DataOneofCase.Json => JsonConvert.DeserializeObject(value.Json, AsWritten),
        TypedData.DataOneofCase.Bytes => value.Bytes.ToByteArray(),
        TypedData.DataOneofCase.Int => value.Int,
        TypedData.DataOneofCase.Double => value.Double,
        _ => null,
    };
}
