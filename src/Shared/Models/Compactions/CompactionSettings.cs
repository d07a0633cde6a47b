namespace Holdfast.Models.Compactions;

/// <summary>When a conversation is summed up, and how much of it stays.</summary>
/// <param name="AtShare">Of the model's context: a prompt that is estimated larger is due.</param>
/// <param name="KeepShare">
/// Of the model's context: what the newest turns may take to be kept word for word. The running turn always is.
/// </param>
/// <param name="Model">Who writes the summary; null for the model that is asked.</param>
public sealed record CompactionSettings(double AtShare, double KeepShare, ModelProfile? Model);
