using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Holdfast.Models.Compactions;

/// <summary>
/// When a conversation is summed up, and how much of it stays. What is left out stays in the transcript's earlier segments.
/// </summary>
public sealed record CompactionSettings : IValidatableObject
{
    /// <summary>False: never; a prompt that has no room loses its oldest turns. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Share of the model's context: a prompt that is estimated larger is due. 0.05 to 1, default 0.7.</summary>
    [Range(0.05, 1.0)]
    public double AtShare { get; set; } = 0.7;

    /// <summary>
    /// Share of the model's context that the newest turns may take to be kept word for word; the running turn always is. 0 up to below
    /// <see cref="AtShare"/>, default 0.2.
    /// </summary>
    [Range(0.0, 1.0)]
    public double KeepShare { get; set; } = 0.2;

    /// <summary>Id of the model that writes summaries. Default: the model of the turn.</summary>
    public string? Model { get; set; }

    /// <summary>That model; null for the model of the turn.</summary>
    [JsonIgnore]
    public ModelProfile? Summariser { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeepShare >= AtShare)
        {
            var reason = string.Create(
                CultureInfo.InvariantCulture, $"must be less than atShare, {AtShare}: what is kept would be due again at once");
            yield return new ValidationResult(reason, [nameof(KeepShare)]);
        }
    }
}
