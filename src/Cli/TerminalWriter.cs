using System.Text;

namespace Holdfast.Cli;

/// <summary>The console's outputs, for all that the command prints: results, reasons, usage and faults. Lets nothing but text through.</summary>
internal sealed class TerminalWriter(TextWriter console) : TextWriter
{
    public override Encoding Encoding => console.Encoding;

    public override void Write(char value) => console.Write(TerminalText.Of(value.ToString()));

    public override void Write(char[] buffer, int index, int count) => console.Write(TerminalText.Of(new string(buffer, index, count)));

    public override void Write(string? value) => console.Write(TerminalText.Of(value ?? ""));

    public override void Flush() => console.Flush();
}
