using System.Text.Json;
using Holdfast.Channels.Hooks;
using Holdfast.Configuration.Parsing;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

public sealed class TemplateTests
{
    private static readonly TemplateValues Values = new(
        new Dictionary<string, string>
        {
            ["repository"] = "octo/repo",
            ["number"] = "7",
            ["body"] = "see {number} and {json:a}",
            ["sender"] = "a:b c",
        },
        JsonDocument.Parse("""{ "a": { "b": [ { "c": "deep" }, 2.50, true, null ] }, "blank": " " }""").RootElement);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{repository}#{number}", "octo/repo#7")]
    [InlineData("{{{number}}} and {{}}", "{7} and {}")]
    [InlineData("{body}", "see {number} and {json:a}")]
    [InlineData("{json:a.b.0.c}", "deep")]
    [InlineData("{json:a.b.1}", "2.50")]
    [InlineData("{json:a.b.2}", "true")]
    [InlineData("{json:a.b.0}", "{ \"c\": \"deep\" }")]
    [InlineData("[{json:a.b.3}{json:a.b.4}{json:a.b.-1}{json:none.at.all}{json:a.b.0.c.d}{action}]", "[]")]
    public void RenderText_WhenFilled_PutsValuesInOnce(string template, string expected) =>
        TemplateRenderer.RenderText(Template(template), Values).ShouldBe(expected);

    [Theory]
    [InlineData("github:{repository}:{number}", "github:octo/repo:7")]
    [InlineData("by:{sender}", "by:a%3Ab%20c")]
    public void RenderKey_WhenFilled_KeepsValuesFromSpeakingAsKey(string template, string expected) =>
        TemplateRenderer.RenderKey(Template(template), Values).ShouldBe(expected);

    [Fact]
    public void RenderKey_WhenValuesAreMissingOrBlank_GivesNoKey() =>
        TemplateRenderer.RenderKey(Template("{number}:{action}:{json:a.x}:{json:blank}"), Values)
            .ShouldBeNull();

    [Theory]
    [InlineData("{", "character 1")]
    [InlineData("a}", "character 2")]
    [InlineData("{number", "partner")]
    [InlineData("{}", "no placeholder")]
    [InlineData("{ number }", "did you mean 'number'?")]
    [InlineData("{numbr}", "did you mean 'number'?")]
    [InlineData("{json:}", "empty step")]
    [InlineData("{json:a..b}", "empty step")]
    public void Parse_WhenTheTemplateIsWrong_SaysWhat(string template, string reason) =>
        TemplateParser.Parse(template, TemplateValues.GitHubNames)
            .ShouldBeOfType<TemplateParseOutcome.Invalid>().Reason.ShouldContain(reason);

    private static Template Template(string text) =>
        TemplateParser.Parse(text, TemplateValues.GitHubNames).ShouldBeOfType<TemplateParseOutcome.Parsed>().Template;
}
