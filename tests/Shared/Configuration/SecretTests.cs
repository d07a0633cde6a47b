using System.Text.Json;
using Holdfast.Channels;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Configuration;

public sealed class SecretTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new ConfigurationFolder().WithSampleAgents();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ToString_WhenASecretIsShown_ShowsOnlyWhereItCameFrom()
    {
        var secret = new Secret("SLACK_BOT_TOKEN", "xoxb-hidden");

        $"{secret} {JsonSerializer.Serialize(secret)} {new { secret }}".ShouldNotContain("hidden");
        secret.Reveal().ShouldBe("xoxb-hidden");
    }

    [Fact]
    public void ToString_WhenAWholeConfigurationIsShown_ShowsNoSecret()
    {
        var configuration = _folder.LoadValid(ConfigurationFolder.Sample());

        $"{configuration} {configuration.Channels} {configuration.Hooks["github"]} {configuration.Hooks["alerts"]}".ShouldNotContain(
            "from-settings");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/x)")]
    public void Load_WhenASettingHasNoValue_NamesPathAndSetting(string? value)
    {
        _folder.Settings.Remove("GITHUB_WEBHOOK_SECRET");
        if (value is not null)
        {
            _folder.Settings["GITHUB_WEBHOOK_SECRET"] = value;
        }

        var error = _folder.LoadInvalid(ConfigurationFolder.Sample()).ShouldHaveSingleItem();

        error.Path.ShouldBe("$.hooks.github.secret");
        error.ToString().ShouldContain("GITHUB_WEBHOOK_SECRET");
    }

    [Theory]
    [InlineData("\"hunter2-pasted\"")]
    [InlineData("\"env:\"")]
    [InlineData("\"env:hunter2 pasted\"")]
    [InlineData("[\"hunter2\"]")]
    [InlineData("42")]
    public void Load_WhenASecretStandsInTheFile_RefusesItWithoutShowingIt(string value)
    {
        var json = ConfigurationFolder.Sample();
        json["channels"]!["slack"]!["botToken"] = System.Text.Json.Nodes.JsonNode.Parse(value);

        var error = _folder.LoadInvalid(json).ShouldHaveSingleItem();

        error.Path.ShouldBe("$.channels.slack.botToken");
        error.ToString().ShouldNotContain("hunter2");
        error.ToString().ShouldNotContain("42");
    }

    [Fact]
    public void Load_WhenASecretStandsUnderAMistypedKey_DoesNotShowIt()
    {
        var json = ConfigurationFolder.Sample();
        json["channels"]!["slack"]!["botTokens"] = "hunter2";

        _folder.LoadInvalid(json).ShouldHaveSingleItem().ToString().ShouldNotContain("hunter2");
    }

    [Fact]
    public void Load_WhenAHookHasNoSecret_Fails()
    {
        var json = ConfigurationFolder.Sample();
        json["hooks"]!["github"]!.AsObject().Remove("secret");

        _folder.LoadInvalid(json).ShouldHaveSingleItem().Path.ShouldBe("$.hooks.github.secret");
    }
}
