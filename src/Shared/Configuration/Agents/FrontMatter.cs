using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

using Holdfast.Configuration.Parsing;

namespace Holdfast.Configuration.Agents;

/// <summary>
/// Reads the YAML of an agent's file into JSON, with the line of each value. Bounded in depth and size; no anchors, no tags, one document:
/// nothing in a file can grow beyond what a reader sees of it.
/// </summary>
/// <param name="file">Gets what is wrong, and the lines.</param>
/// <param name="linesBefore">How many lines of the file stand before the YAML.</param>
/// <param name="fill">Puts variables into a value; gets its line.</param>
internal sealed partial class FrontMatter(ConfigurationFile file, int linesBefore, Func<string, int, string> fill)
{
    private const int MaxDepth = 32;
    private const int MaxValues = 5_000;
    private const string NoReferences = "anchors, aliases and tags of YAML are not read; write the value itself";

    private int _values;

    /// <returns>Null when it cannot be read, which is reported.</returns>
    public JsonObject? Read(string yaml)
    {
        try
        {
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                return [];
            }

            var root = Node(parser, JsonPath.Root, 0);
            parser.Consume<DocumentEnd>();
            parser.Consume<StreamEnd>();
            if (root is JsonObject read)
            {
                return read;
            }

            file.ReportLine(linesBefore + 1, "the front matter must be keys and values");
        }
        catch (FrontMatterException fault)
        {
            file.ReportLine(fault.Line, fault.Message);
        }
        catch (ArgumentException)
        {
            file.ReportLine(linesBefore + 1, "this is no YAML: an escape in it is no character");
        }
        catch (YamlException fault)
        {
            var reason = fault.InnerException?.Message ?? fault.Message;
            file.ReportLine(
                LineOf(fault.Start),
                string.Create(CultureInfo.InvariantCulture, $"column {fault.Start.Column}: this is no YAML: {reason}"));
        }

        return null;
    }

    private int LineOf(Mark mark) => linesBefore + (int)mark.Line;

    private JsonNode? Node(Parser parser, string path, int depth)
    {
        var isAlias = parser.TryConsume<AnchorAlias>(out var alias);
        var node = isAlias ? null : parser.Consume<NodeEvent>();
        var line = LineOf((alias ?? (ParsingEvent)node!).Start);
        file.Lines.TryAdd(path, line);
        if (node is null || !node.Anchor.IsEmpty || !node.Tag.IsEmpty)
        {
            throw new FrontMatterException(line, NoReferences);
        }

        if (depth > MaxDepth || ++_values > MaxValues)
        {
            throw new FrontMatterException(
                line, $"the front matter is too deep or too large: at most {MaxDepth} levels and {MaxValues} values");
        }

        return node switch
        {
            Scalar scalar => Value(scalar, line),
            SequenceStart => List(parser, path, depth),
            _ => Map(parser, path, depth),
        };
    }

    private JsonArray List(Parser parser, string path, int depth)
    {
        var list = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            list.Add(Node(parser, JsonPath.Index(path, list.Count), depth + 1));
        }

        return list;
    }

    private JsonObject Map(Parser parser, string path, int depth)
    {
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key))
            {
                throw new FrontMatterException(LineOf(parser.Current!.Start), "a key must be a text");
            }

            if (!key.Anchor.IsEmpty || !key.Tag.IsEmpty)
            {
                throw new FrontMatterException(LineOf(key.Start), NoReferences);
            }

            var keyPath = JsonPath.Key(path, key.Value);
            file.Lines[keyPath] = LineOf(key.Start);
            var value = Node(parser, keyPath, depth + 1);
            if (!map.TryAdd(key.Value, value))
            {
                file.Report(keyPath, "this key stands here twice");
            }
        }

        return map;
    }

    /// <summary>By the core schema of YAML 1.2: what is quoted is a text.</summary>
    private JsonNode? Value(Scalar scalar, int line)
    {
        var text = fill(scalar.Value, line);
        return scalar.Style != ScalarStyle.Plain ? text : text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            _ when Whole().IsMatch(text)
                && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
            _ when Number().IsMatch(text)
                && double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) => number,
            _ => text,
        };
    }

    [GeneratedRegex(@"\A[-+]?[0-9]+\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\z")]
    private static partial Regex Number();

    private sealed class FrontMatterException(int line, string message) : Exception(message)
    {
        public int Line { get; } = line;
    }
}
