namespace Holdfast.Channels.Schedules;

/// <summary>What the clock starts.</summary>
/// <param name="PunctualWithin">How late a run may start and still count as punctual.</param>
public sealed record CronOptions(IReadOnlyCollection<CronJobConfiguration> Jobs, TimeSpan PunctualWithin);
