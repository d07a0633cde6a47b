using System.Text;

namespace Holdfast;

/// <summary>
/// A console's output, for all that a command or a host prints: results, reasons, usage, logs and faults. Lets nothing but text through.
/// </summary>
public sealed class TerminalWriter(TextWriter console) : TextWriter
{
    public override Encoding Encoding => console.Encoding;

    public override void Write(char value) => console.Write(TerminalText.Of(value.ToString()));

    public override void Write(char[] buffer, int index, int count) => console.Write(TerminalText.Of(new string(buffer, index, count)));

    public override void Write(string? value) => console.Write(TerminalText.Of(value ?? ""));

    public override void Flush() => console.Flush();
}
