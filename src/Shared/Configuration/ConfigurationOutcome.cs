using System.Collections.Immutable;

namespace Holdfast.Configuration;

/// <summary>What became of reading a configuration. There is no half of one.</summary>
public abstract record ConfigurationOutcome
{
    private ConfigurationOutcome()
    {
    }

    /// <summary>All of it is valid, and every secret has its value.</summary>
    /// <param name="Warnings">What is worth a word at start.</param>
    public sealed record Loaded(HoldfastConfiguration Configuration, ImmutableArray<ConfigurationError> Warnings) : ConfigurationOutcome;

    /// <param name="Errors">Everything that was found wrong, by path; at least one.</param>
    public sealed record Invalid(ImmutableArray<ConfigurationError> Errors) : ConfigurationOutcome
    {
        /// <summary>One line per error.</summary>
        public override string ToString() => string.Join(Environment.NewLine, Errors);
    }
}
