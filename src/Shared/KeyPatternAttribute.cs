namespace Holdfast;

/// <summary>What the keys of a dictionary in the configuration look like; without it they are names such as <c>main</c>.</summary>
/// <param name="pattern">A regular expression from <c>\A</c> to <c>\z</c>.</param>
/// <param name="meaning">Says so to whoever wrote another key.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyPatternAttribute(string pattern, string meaning) : Attribute
{
    public string Pattern { get; } = pattern;

    public string Meaning { get; } = meaning;
}
