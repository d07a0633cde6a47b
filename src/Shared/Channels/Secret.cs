using System.Diagnostics;

namespace Holdfast.Channels;

/// <summary>
/// A value that must not be seen: tokens, signing keys. It shows itself in no text, log, debugger line or JSON; whoever needs it says so by
/// <see cref="Reveal"/>. Two secrets are equal when they are the same object.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Secret
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value;

    /// <param name="settingName">The setting that the value came from; shown.</param>
    /// <param name="value">The value; never shown.</param>
    /// <exception cref="ArgumentException">One of them is blank.</exception>
    public Secret(string settingName, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(settingName);
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        SettingName = settingName;
        _value = value;
    }

    /// <summary>The setting that the value came from.</summary>
    public string SettingName { get; }

    /// <summary>The value itself, for the moment of use.</summary>
    public string Reveal() => _value;

    public override string ToString() => $"(secret from {SettingName})";
}
