using System.Text.Json;

namespace Holdfast.Tools;

/// <summary>What a model is told about a tool.</summary>
/// <param name="Name">The name that it calls.</param>
/// <param name="Description">What it does and when to use it; not blank.</param>
/// <param name="InputSchema">JSON schema of the input, an object.</param>
public sealed record ToolDefinition(string Name, string Description, JsonElement InputSchema);
