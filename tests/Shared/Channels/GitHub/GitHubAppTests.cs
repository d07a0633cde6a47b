using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Channels;
using Holdfast.Channels.GitHub;
using Holdfast.Delivery;
using Holdfast.Inbox;
using Holdfast.Peers.GitHub;
using Holdfast.Peers.Scripting;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Channels.GitHub;

public sealed class GitHubAppTests : IAsyncLifetime
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly SettableTime _time = new();
    private ScriptedGitHub _github = null!;

    public async ValueTask InitializeAsync() => _github = await ScriptedGitHub.StartAsync(new ScriptedGitHubOptions
    {
        Time = _time,
        AppPublicKeyPem = _key.ExportSubjectPublicKeyInfoPem(),
        AppIssuer = "1234",
    });

    public async ValueTask DisposeAsync()
    {
        _key.Dispose();
        await _github.DisposeAsync();
    }

    [Fact]
    public void Create_Always_StartsInThePastAndEndsWithinTenMinutes()
    {
        var claims =
            JsonDocument.Parse(Base64Url.DecodeFromChars(GitHubAppJwt.Create(_key, "Iv1.abc", _time.Now).Split('.')[1])).RootElement;

        claims.GetProperty("iat").GetInt64().ShouldBe(_time.Now.AddSeconds(-60).ToUnixTimeSeconds());
        claims.GetProperty("exp").GetInt64().ShouldBe(_time.Now.AddMinutes(9).ToUnixTimeSeconds());
        claims.GetProperty("iss").GetString().ShouldBe("Iv1.abc");
    }

    [Theory]
    [InlineData(-55)]
    [InlineData(55)]
    public async Task PostAsync_WhenTheClocksDifferByUnderAMinute_IsAcceptedAsTheApp(int secondsAhead)
    {
        var ours = new SettableTime { Now = _time.Now.AddSeconds(secondsAhead) };

        (await PostAsync(Channel(ours))).ShouldBeOfType<PostOutcome.Posted>();

        _github.Comments.ShouldHaveSingleItem().IsFromBot.ShouldBeTrue();
    }

    [Fact]
    public async Task PostAsync_WhenManyPostAtOnce_AsksForOneToken()
    {
        var gate = new TaskCompletionSource();
        _github.Script.Next(GitHubOperations.CreateInstallationToken, new ScriptedAnswer.Held(gate.Task));
        var channel = Channel(_time);

        var posts = Enumerable.Range(0, 10).Select(_ => PostAsync(channel)).ToList();
        gate.SetResult();

        (await Task.WhenAll(posts)).ShouldAllBe(outcome => outcome is PostOutcome.Posted);
        Count(GitHubOperations.CreateInstallationToken).ShouldBe(1);
        Count(GitHubOperations.GetInstallation).ShouldBe(1);
    }

    [Theory]
    [InlineData(54, 1)]
    [InlineData(55, 2)]
    [InlineData(61, 2)]
    public async Task PostAsync_WhenTheTokenIsWithinFiveMinutesOfItsEnd_AsksForANewOne(int minutesLater, int tokens)
    {
        var channel = Channel(_time);
        await PostAsync(channel);

        _time.Now = _time.Now.AddMinutes(minutesLater);

        (await PostAsync(channel)).ShouldBeOfType<PostOutcome.Posted>();
        Count(GitHubOperations.CreateInstallationToken).ShouldBe(tokens);
    }

    [Fact]
    public async Task PostAsync_WhenTheTokenWasRevoked_PostsWithANewOne()
    {
        var channel = Channel(_time);
        await PostAsync(channel);
        _github.RevokeTokens();

        (await PostAsync(channel)).ShouldBeOfType<PostOutcome.Posted>();

        _github.Comments.Count.ShouldBe(2);
    }

    [Fact]
    public async Task PostAsync_WhenATokenCouldNotBeHad_TriesAnewWithTheNextPost()
    {
        _github.Script
            .Next(GitHubOperations.CreateInstallationToken, new ScriptedAnswer.LostAnswer())
            .Next(GitHubOperations.GetInstallation, new ScriptedAnswer.Ordinary())
            .Next(GitHubOperations.GetInstallation, GitHubAnswers.NotFound());
        var channel = Channel(_time);

        (await PostAsync(channel)).ShouldBe(new PostOutcome.Ambiguous());
        (await PostAsync(channel)).ShouldBe(new PostOutcome.Refused("not_found"));
        (await PostAsync(channel)).ShouldBeOfType<PostOutcome.Posted>();
        _github.Comments.Count.ShouldBe(1);
    }

    [Fact]
    public async Task PostAsync_WhenItPostsToVeryManyRepositories_KeepsTokensOfSoMany()
    {
        var channel = Channel(_time);
        for (var number = 0; number <= InstallationTokens.MaxRepositories; number++)
        {
            (await channel.PostAsync(
                Issue with { Repository = $"repo-{number}" }, Part(1), CancellationToken.None)).ShouldBeOfType<PostOutcome.Posted>();
        }

        await channel.PostAsync(Issue with { Repository = "repo-0" }, Part(2), CancellationToken.None);
        await channel.PostAsync(Issue with { Repository = $"repo-{InstallationTokens.MaxRepositories}" }, Part(2), CancellationToken.None);

        Count(GitHubOperations.CreateInstallationToken).ShouldBe(InstallationTokens.MaxRepositories + 2);
    }

    [Theory]
    [InlineData(40, 1)]
    [InlineData(41, 0)]
    public async Task PostAsync_WhenTheTokenTakesLong_BeginsNothingThatCouldEndAfterTheCallsTime(int seconds, int comments)
    {
        var gate = new TaskCompletionSource();
        _github.Script.Next(GitHubOperations.CreateInstallationToken, new ScriptedAnswer.Held(gate.Task));

        var post = PostAsync(Channel(_time));
        await SettableTime.UntilAsync(() => Count(GitHubOperations.CreateInstallationToken) == 1);
        _time.Now = _time.Now.AddSeconds(seconds);
        gate.SetResult();

        (await post is PostOutcome.Ambiguous).ShouldBe(comments == 0);
        _github.Comments.Count.ShouldBe(comments);
    }

    [Fact]
    public async Task PostAsync_WhenOurClockRunsFarAhead_StillEnds()
    {
        await using var lenient = await ScriptedGitHub.StartAsync(new ScriptedGitHubOptions { Time = _time });
        var ours = new SettableTime { Now = _time.Now.AddHours(2) };

        (await PostAsync(Channel(ours, lenient))).ShouldBeOfType<PostOutcome.Posted>();

        lenient.Calls.Count(call => call.Operation == GitHubOperations.CreateInstallationToken).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task PostAsync_WhenSignedWithAnotherKey_IsUnauthorized()
    {
        using var other = RSA.Create(2048);

        (await PostAsync(Channel(_time, key: other))).ShouldBe(new PostOutcome.Refused("unauthorized"));

        _github.Comments.ShouldBeEmpty();
    }

    [Fact]
    public void Constructor_WhenThePrivateKeyIsNone_Throws() => Should.Throw<ArgumentException>(() => new GitHubReplyChannel(
        new GitHubOptions { App = App("no key") }, _time, NullLogger<GitHubReplyChannel>.Instance));

    [Fact]
    public async Task PostAsync_WhenTheInstallationIsConfigured_DoesNotAskForIt()
    {
        (await PostAsync(Channel(_time, installation: 42))).ShouldBeOfType<PostOutcome.Posted>();

        Count(GitHubOperations.GetInstallation).ShouldBe(0);
    }

    private static ReplyTarget.GitHub Issue { get; } = new("octo", "hello", 7);

    private static ReplyPart Part(int number = 1, string text = "text") => new(DeliveryId.Parse("t1").Turn, number, text);

    private static Task<PostOutcome> PostAsync(GitHubReplyChannel channel) =>
        channel.PostAsync(Issue, Part(), CancellationToken.None);

    private int Count(string operation) => _github.Calls.Count(call => call.Operation == operation);

    private static GitHubApp App(string privateKey, long? installation = null) =>
        new() { AppId = 1234, PrivateKey = new Secret("K", privateKey), InstallationId = installation };

    private GitHubReplyChannel Channel(TimeProvider time, ScriptedGitHub? github = null, RSA? key = null, long? installation = null) => new(
        new GitHubOptions
        {
            App = App((key ?? _key).ExportPkcs8PrivateKeyPem(), installation),
            ApiBaseUrl = (github ?? _github).BaseUri,
        },
        time,
        NullLogger<GitHubReplyChannel>.Instance);
}
