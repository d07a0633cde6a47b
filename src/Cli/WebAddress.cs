using System.CommandLine.Parsing;

namespace Holdfast.Cli;

/// <summary>Reads options that are addresses, which the command line library does not by itself.</summary>
internal static class WebAddress
{
    public static Uri? Parse(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        result.AddError($"{result.Tokens[0].Value} is no address; one reads http://HOST:PORT/.");
        return null;
    }
}
