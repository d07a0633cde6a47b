using System.Text.Json;

namespace Holdfast.Cli;

/// <summary>The answer of <c>GET /api/sessions/{key}</c> in lines for people. Pure.</summary>
public static class SessionLines
{
    public static IEnumerable<string> Of(JsonElement status)
    {
        yield return $"session        {Text(status, "sessionKey")}";
        yield return $"id             {Text(status, "sessionId")}, revision {Text(status, "lifecycleRevision")}";
        var transcript = status.GetProperty("transcript");
        yield return $"transcript     segment {Text(transcript, "segment")}, {Text(transcript, "length")} bytes";
        yield return $"pending        {Text(status, "pendingMessages")} messages";
        if (status.TryGetProperty("setAside", out var aside) && aside.GetInt32() > 0)
        {
            yield return $"set aside      {aside} that cannot be read";
        }

        yield return $"turn           {ProgressOf(status.GetProperty("progress"))}";
        yield return $"owner          {OwnerOf(status.GetProperty("owner"))}";
        yield return $"lease          {Text(status, "lease")}";
        yield return $"orchestration  {OrchestrationOf(status.GetProperty("orchestration"))}";
    }

    private static string OwnerOf(JsonElement owner) => owner.ValueKind == JsonValueKind.Null
        ? "nobody yet"
        : $"run {Text(owner, "runId")}, attempt {Text(owner, "attempt")}, epoch "
            + $"{Text(owner, "epoch")}{Part(owner, "since", ", since ")}{Part(owner, "until", ", until ")}";

    private static string ProgressOf(JsonElement progress) => progress.GetProperty("runId").ValueKind == JsonValueKind.Null
        ? Text(progress, "phase")
        : $"{Text(progress, "phase")}, attempt {Text(progress, "attempt")}, {Text(progress, "characters")} characters (run "
            + $"{Text(progress, "runId")})";

    private static string OrchestrationOf(JsonElement orchestration)
    {
        if (orchestration.ValueKind == JsonValueKind.Null)
        {
            return "none";
        }

        var custom = orchestration.GetProperty("customStatus");
        var phase = custom.ValueKind == JsonValueKind.Object ? $", {Text(custom, "phase")}" : "";
        return $"{Text(orchestration, "runtimeStatus")}{phase}";
    }

    private static string Part(JsonElement parent, string name, string before) =>
        parent.GetProperty(name) is { ValueKind: not JsonValueKind.Null } value ? before + value : "";

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).ToString();
}
