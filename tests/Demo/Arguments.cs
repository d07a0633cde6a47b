using System.Globalization;

namespace Holdfast.Demo;

/// <summary>The command line.</summary>
/// <param name="Command"><c>demo</c> or <c>up</c>.</param>
/// <param name="BedrockModel">A model of Amazon Bedrock; null for the scripted one.</param>
/// <param name="Port">Where <c>up</c> listens.</param>
/// <param name="UsesCoreTools">Whether <c>up</c> serves by <c>func start</c> instead of the project's own host.</param>
/// <param name="Fault">What is wrong with it; null when nothing is.</param>
internal sealed record Arguments(string Command, string? BedrockModel, int Port, bool UsesCoreTools, string? Fault)
{
    private const int DefaultPort = 7071;

    public static Arguments Read(IReadOnlyList<string> args)
    {
        var read = new Arguments(args.Count > 0 ? args[0] : "demo", BedrockModel: null, DefaultPort, UsesCoreTools: false, Fault: null);
        if (read.Command is not ("demo" or "up"))
        {
            return read with { Fault = $"There is no command '{read.Command}'." };
        }

        for (var index = 1; index < args.Count; index += 2)
        {
            var value = index + 1 < args.Count ? args[index + 1] : "";
            switch (args[index])
            {
                case "--bedrock" when value.Length > 0 && !value.StartsWith('-'):
                    read = read with { BedrockModel = value };
                    break;
                case "--bedrock":
                    return read with { Fault = "--bedrock needs a model id of Amazon Bedrock behind it." };
                case "--func" when read.Command == "up":
                    read = read with { UsesCoreTools = true };
                    index--;
                    break;
                case "--port" when read.Command == "up"
                    && ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port):
                    read = read with { Port = port };
                    break;
                case "--port" when read.Command == "up":
                    return read with { Fault = "--port needs a number from 0 to 65535 behind it." };
                default:
                    return read with { Fault = $"'{read.Command}' knows no '{args[index]}'." };
            }
        }

        return read;
    }
}
