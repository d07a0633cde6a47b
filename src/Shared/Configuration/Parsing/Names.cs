namespace Holdfast.Configuration.Parsing;

/// <summary>
/// What keys of agents, models, hooks, jobs and commands look like: they become parts of session keys, addresses and blob names.
/// </summary>
internal static class Names
{
    public static string? WhatIsWrong(string name) =>
        name.Length is > 0 and <= 64
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '.' or '-' or '_')
            ? null
            : "a name has 1 to 64 lower-case letters, digits, dots, dashes or underscores, and starts with a letter or digit";
}
