using Holdfast.Configuration;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

/// <summary>Bytes of holdfast.json that are no text, or begin with a mark.</summary>
public sealed class ConfigurationTextTests
{
    [Theory]
    [InlineData("""{ "models": { "quick": { "provider": "bedrock", "modelId": "\ud800" } } }""")]
    [InlineData("""{ "\udc00": 1, "models": {} }""")]
    [InlineData("""{ "models": {}, "hooks": { "x": { "kind": "\ud800" } } }""")]
    public void Load_WhenATextIsNoUnicode_SaysSo(string text)
    {
        using var folder = new ConfigurationFolder();

        folder.LoadInvalid(text).ShouldHaveSingleItem().Message.ShouldContain("no Unicode");
    }

    [Fact]
    public void Load_WhenTheFileBeginsWithAByteOrderMark_PassesItOver()
    {
        using var folder = new ConfigurationFolder();

        folder.Load("\uFEFF" + ConfigurationFolder.Minimal().ToJsonString()).ShouldBeOfType<ConfigurationOutcome.Loaded>();
    }
}
