using Holdfast.Embedded.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace Holdfast.Embedded.Timers;

/// <summary>A timer function with its schedule resolved and read.</summary>
internal sealed record TimerFunction(FunctionDescriptor Function, TimerSchedule Schedule, bool RunOnStartup, bool KeepsStatus)
{
    /// <exception cref="HostStartException">The parameter is no TimerInfo, a setting is missing, or the schedule is not valid.</exception>
    public static TimerFunction Read(FunctionDescriptor function, TimerTriggerAttribute trigger, IConfiguration configuration)
    {
        if (function.Trigger.ParameterType != typeof(TimerInfo))
        {
            throw new HostStartException($"{MethodNames.Of(function.Method)} cannot be a function: its trigger parameter has to be a TimerInfo.");
        }

        try
        {
            var schedule = TimerSchedule.Parse(Resolve(trigger.Schedule, configuration));
            return new TimerFunction(function, schedule, trigger.RunOnStartup, trigger.UseMonitor && !schedule.IsFrequent);
        }
        catch (FormatException failure)
        {
            throw new HostStartException(
                $"Function '{function.Name}' ({MethodNames.Of(function.Method)}) has no usable schedule: {failure.Message}", failure);
        }
    }

    // %name% stands for a setting, anywhere in the expression.
    private static string Resolve(string expression, IConfiguration configuration)
    {
        var parts = expression.Split('%');
        if (parts.Length % 2 == 0)
        {
            throw new FormatException($"'{expression}' has a '%' without its partner.");
        }

        for (var i = 1; i < parts.Length; i += 2)
        {
            parts[i] = configuration[parts[i]] is { Length: > 0 } value
                ? value
                : throw new FormatException($"the setting '{parts[i]}' of '{expression}' has no value.");
        }

        return string.Concat(parts);
    }
}
