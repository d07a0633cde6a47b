using System.Diagnostics.CodeAnalysis;
using Octokit.Internal;

namespace Octokit;

/// <summary>An enum value that the API may extend: keeps the word as it came, and is parsed when asked.</summary>
[SuppressMessage("Design", "CA2225:Operator overloads have named alternates", Justification = "The vendor's surface has none.")]
public readonly struct StringEnum<TEnum> : IEquatable<StringEnum<TEnum>>
    where TEnum : struct
{
    private readonly string? _word;

    /// <exception cref="ArgumentException">The value is not one of the enum's.</exception>
    public StringEnum(TEnum parsedValue)
    {
        if (!Enum.IsDefined(typeof(TEnum), parsedValue))
        {
            throw Unknown(parsedValue.ToString());
        }

        _word = EnumWords.Write(parsedValue);
    }

    /// <exception cref="ArgumentException">The word is empty.</exception>
    public StringEnum(string stringValue)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(stringValue);
        _word = stringValue;
    }

    /// <summary>The word as it came; null for the default value.</summary>
    public string? StringValue => _word;

    /// <exception cref="ArgumentException">The word is none that this version knows.</exception>
    public TEnum Value => TryParse(out var value) ? value : throw Unknown(_word);

    public static bool operator ==(StringEnum<TEnum> left, StringEnum<TEnum> right) => left.Equals(right);

    public static bool operator !=(StringEnum<TEnum> left, StringEnum<TEnum> right) => !left.Equals(right);

    public static implicit operator StringEnum<TEnum>(string value) => new(value);

    public static implicit operator StringEnum<TEnum>(TEnum parsedValue) => new(parsedValue);

    public bool TryParse(out TEnum value) => EnumWords.TryParse(_word, out value);

    public bool Equals(StringEnum<TEnum> other) =>
        TryParse(out var mine) && other.TryParse(out var theirs)
            ? mine.Equals(theirs)
            : string.Equals(_word, other._word, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is StringEnum<TEnum> other && Equals(other);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(_word ?? "");

    public override string ToString() => _word ?? "";

    private static ArgumentException Unknown(string? word) => new($"'{word}' is no {typeof(TEnum).Name}.");
}
