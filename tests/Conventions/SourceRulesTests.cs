using Shouldly;
using Xunit;

namespace Holdfast.Conventions.Tests;

/// <summary>Each rule on a bad sample and on the good one beside it: a rule that cannot fail holds nothing.</summary>
public sealed class SourceRulesTests
{
    [Theory]
    [InlineData(401, "// Why so long: a table.", 1)]
    [InlineData(301, "// A table.", 1)]
    [InlineData(301, "// Why so long: a table.", 0)]
    [InlineData(400, "// Why so long: a table.", 0)]
    [InlineData(300, "// A table.", 0)]
    public void Lengths_WhenTheFileGrows_WantsAReasonAndThenRefuses(int lines, string top, int faults)
    {
        var text = string.Join('\n', Enumerable.Repeat("code();", lines - 1).Prepend(top)) + "\n";

        SourceRules.Lengths([new TreeFile("src/A.cs", text)]).Count.ShouldBe(faults);
    }

    [Theory]
    [InlineData(141, "//", 1)]
    [InlineData(140, "//", 0)]
    [InlineData(141, "\"\"\"a\"\"\" //", 0)]
    public void Columns_WhenALineIsWide_NamesIt(int columns, string begin, int faults) =>
        SourceRules.Columns([new TreeFile("src/A.cs", "class A;\n" + begin.PadRight(columns, 'x') + "\n")]).Count.ShouldBe(faults);

    [Theory]
    [InlineData("a/Lease.cs", "partial class Lease { private static partial Regex Id(); }", "b/Other.cs", "class Other;", 0)]
    [InlineData("a/Lease.cs", "partial class Lease { }", "a/Lease.Log.cs", "partial class Lease { static partial void LogIt(int a); }", 0)]
    [InlineData("a/Lease.cs", "partial class Lease { }", "a/Lease.Roll.cs", "partial class Lease { static partial void LogIt(int a); }", 1)]
    [InlineData("a/Lease.cs", "partial class Lease { }", "b/Lease.cs", "class Lease { }", 1)]
    public void PartialClasses_WhenNothingIsGenerated_NamesThem(string one, string text, string other, string otherText, int faults) =>
        SourceRules.PartialClasses([new TreeFile(one, text), new TreeFile(other, otherText)]).Count.ShouldBe(faults);

    [Theory]
    [InlineData("public sealed class LeaseManager;", 1)]
    [InlineData("internal sealed record struct TurnData(int A);", 1)]
    [InlineData("public interface ISlackService { }", 1)]
    [InlineData("enum QueueInfo { None }", 1)]
    [InlineData("// class LeaseManager\nconst string a = \"class LeaseManager\"; class Lease { }", 0)]
    [InlineData("public sealed record BlobMetadata(string A);", 0)]
    public void TypeNames_WhenANameEndsInAnEmptyWord_NamesIt(string text, int faults) =>
        SourceRules.TypeNames([new TreeFile("src/Shared/A.cs", text)]).Count.ShouldBe(faults);

    [Fact]
    public void FolderNames_WhenAFolderIsNamedByKind_NamesIt() =>
        SourceRules.FolderNames([new TreeFile("src/Shared/Helpers/A.cs", ""), new TreeFile("src/Shared/Leases/B.cs", "")])
            .ShouldBe(["src/Shared/Helpers"]);

    [Theory]
    [InlineData("if DEBUG", 1)]
    [InlineData(" if AZURE", 1)]
    [InlineData("region if", 0)]
    public void ConditionalCompilation_WhenADirectiveStandsInCode_NamesTheFile(string directive, int faults) =>
        SourceRules.ConditionalCompilation([new TreeFile("src/A.cs", "class A;\n  #" + directive + "\n")]).Count.ShouldBe(faults);

    [Fact]
    public void ConditionalCompilation_WhenItIsOnlyMentioned_IsSilent() =>
        SourceRules.ConditionalCompilation([new TreeFile("src/A.cs", "/*\n#" + "if X\n*/\nclass A;")]).ShouldBeEmpty();

    [Fact]
    public void OpenWork_WhenAMarkIsLeft_NamesTheFile() =>
        SourceRules.OpenWork([new TreeFile("src/A.cs", "// TO" + "DO later"), new TreeFile("src/B.cs", "// done")]).ShouldBe(["src/A.cs"]);

    [Theory]
    [InlineData(16, 1)]
    [InlineData(15, 0)]
    public void FolderSizes_WhenAFolderFills_NamesIt(int files, int faults) =>
        SourceRules.FolderSizes(Enumerable.Range(0, files).Select(i => new TreeFile($"src/Shared/Leases/F{i}.cs", ""))).Count.ShouldBe(
            faults);

    [Theory]
    [InlineData("SlackFunction.cs", 121, 1)]
    [InlineData("SlackFunction.cs", 120, 0)]
    [InlineData("Slack.cs", 121, 0)]
    public void Doors_WhenAFunctionGrows_NamesIt(string name, int lines, int faults) =>
        SourceRules.Endpoints([new TreeFile("src/Functions/" + name, string.Join('\n', Enumerable.Repeat("x", lines)))]).Count.ShouldBe(
            faults);

    [Theory]
    [InlineData("see /", "home/alice/x", 1)]
    [InlineData("\"/", "work/main\"", 1)]
    [InlineData("C:\\", "Users\\alice", 1)]
    [InlineData("/", "home/site/wwwroot", 0)]
    [InlineData("https://example.org/", "work/items", 0)]
    [InlineData("/api/", "work/1", 0)]
    public void MachinePaths_WhenOneIsWritten_NamesIt(string start, string rest, int faults) =>
        SourceRules.MachinePaths([new TreeFile("README.md", start + rest)]).Count.ShouldBe(faults);

    [Theory]
    [InlineData("[GeneratedRegex(\"^[0-9]+$\", RegexOptions.CultureInvariant)]", 1)]
    [InlineData("[GeneratedRegex(@\"^a(?:b$|c)\")]", 1)]
    [InlineData("[GeneratedRegex(@\"\\A(a|b$)\")]", 1)]
    [InlineData("var shape = new Regex(\"a$\");", 1)]
    [InlineData("return Regex.IsMatch(text, \"^a$\");", 1)]
    [InlineData("[GeneratedRegex(@\"^a\\z\", RegexOptions.Multiline)]", 1)]
    [InlineData("[GeneratedRegex(@\"\\A[0-9]+\\z\")]", 0)]
    [InlineData("[GeneratedRegex(@\"price in \\$\")]", 0)]
    [InlineData("patterns.Add(new Regex($@\"\\A(?:{pattern})\\z\"));", 0)]
    [InlineData("patterns.Add(new Regex($\"{pattern}\"));", 0)]
    [InlineData("var text = \"5$\";", 0)]
    public void LooseAnchors_WhenAPatternLetsALineFeedFollow_NamesIt(string line, int faults) =>
        SourceRules.LooseAnchors([new TreeFile("src/A.cs", line)]).Count.ShouldBe(faults);

    [Fact]
    public void EventIds_WhenOneIsUsedTwiceOrLeftOut_SaysWhere() =>
        SourceRules.EventIds(
        [
            new TreeFile(
                "src/A.cs",
                "[LoggerMessage(EventId = 1500, Level = LogLevel.Debug, Message = \"a\")]\n[LoggerMessage(\n    EventId = 7, Message = "
                    + "\"b\")]"),
            new TreeFile("src/B.cs", "[LoggerMessage(1500, LogLevel.Debug, \"a\")]\n// [LoggerMessage(7, LogLevel.Debug, \"b\")]"),
            new TreeFile("src/C.cs", "[LoggerMessage(Level = LogLevel.Debug, Message = \"a\")]"),
        ]).ShouldBe(["src/C.cs: a message without an event id", "1500: src/A.cs, src/B.cs"]);

    [Fact]
    public void CodeOnly_WhenLiteralsHoldQuotesAndSlashes_KeepsTheCodeAfterThem()
    {
        const string Text = "var a = @\"c:\\\"; var b = \"\"\"x \" // y\"\"\"; var c = '\"'; /* d */ var e = \"\\\"\"; // f\nvar g;";

        var code = SourceText.CodeOnly(Text);

        code.ShouldContain("var b");
        code.ShouldContain("var c");
        code.ShouldContain("var e");
        code.ShouldContain("var g;");
        code.ShouldNotContain("y");
        code.ShouldNotContain("d *");
    }
}
