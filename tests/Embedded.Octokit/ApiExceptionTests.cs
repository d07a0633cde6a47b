using System.Net;
using Holdfast.Peers.GitHub;
using Holdfast.Peers.Scripting;
using Octokit;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Octokit.Tests;

public sealed class ApiExceptionTests : IAsyncLifetime
{
    private ScriptedGitHub _github = null!;
    private GitHubClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _github = await ScriptedGitHub.StartAsync();
        _client = new GitHubClient(new ProductHeaderValue("holdfast"), _github.BaseUri) { Credentials = new Credentials("ghp_test") };
    }

    public ValueTask DisposeAsync() => _github.DisposeAsync();

    [Fact]
    public async Task Create_WhenUnauthorized_ThrowsAuthorizationException()
    {
        var thrown = await RefusedAsync<AuthorizationException>(GitHubAnswers.BadCredentials());

        thrown.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        thrown.ApiError.Message.ShouldBe("Bad credentials");
    }

    [Fact]
    public async Task Create_WhenForbidden_ThrowsForbiddenExceptionItself() =>
        (await RefusedAsync<ForbiddenException>(GitHubAnswers.Forbidden())).GetType().ShouldBe(typeof(ForbiddenException));

    [Fact]
    public async Task Create_WhenNotFound_ThrowsNotFoundException() =>
        (await RefusedAsync<NotFoundException>(GitHubAnswers.NotFound())).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Fact]
    public async Task Create_WhenInvalid_ThrowsApiValidationExceptionWithItsDetails()
    {
        var thrown = await RefusedAsync<ApiValidationException>(GitHubAnswers.Invalid());

        var detail = thrown.ApiError.Errors.ShouldNotBeNull().ShouldHaveSingleItem();
        (detail.Resource, detail.Code, detail.Field, detail.Message).ShouldBe(("IssueComment", "custom", "body", "body is too long"));
    }

    [Fact]
    public async Task Create_WhenTheAllowanceIsUsedUp_ThrowsRateLimitExceededExceptionWithTheReset()
    {
        var reset = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeSeconds());

        var thrown = await RefusedAsync<RateLimitExceededException>(GitHubAnswers.RateLimited(reset));

        (thrown.Limit, thrown.Remaining, thrown.Reset).ShouldBe((5000, 0, reset));
        thrown.GetRetryAfterTimeSpan().ShouldBe(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Create_WhenTheSecondaryLimitIsHit_ThrowsWithTheHeaderInReach()
    {
        var thrown = await RefusedAsync<SecondaryRateLimitExceededException>(GitHubAnswers.SecondaryRateLimited(403, 17));

        thrown.HttpResponse.ShouldNotBeNull().Headers["Retry-After"].ShouldBe("17");
    }

    [Fact]
    public async Task Create_WhenAbuseIsDetected_ThrowsAbuseExceptionWithThePause()
    {
        var answer = new ScriptedAnswer.Refused(
            403, """{"message":"You have triggered an abuse detection mechanism."}""", [("Retry-After", "30")]);

        (await RefusedAsync<AbuseException>(answer)).RetryAfterSeconds.ShouldBe(30);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(410)]
    public async Task Create_WhenTheStatusHasNoExceptionOfItsOwn_ThrowsApiExceptionItself(int status)
    {
        var thrown = await RefusedAsync<ApiException>(new ScriptedAnswer.Refused(status, "<html>no JSON</html>"));

        thrown.GetType().ShouldBe(typeof(ApiException));
        ((int)thrown.StatusCode).ShouldBe(status);
        thrown.ApiError.Message.ShouldBe("<html>no JSON</html>");
    }

    [Fact]
    public async Task GetAllForIssue_WhenNotFound_NamesWhatWasNotFound()
    {
        _github.Script.Next(GitHubOperations.ListComments, GitHubAnswers.NotFound());

        var thrown = await Should.ThrowAsync<NotFoundException>(() => _client.Issue.Comment.GetAllForIssue("octo", "hello", 7));

        thrown.Message.ShouldStartWith("repos/octo/hello/issues/7/comments");
    }

    [Fact]
    public async Task Create_WhenRedirected_KeepsMethodBodyAndCredentials()
    {
        _github.Script.Next(
            GitHubOperations.CreateComment,
            new ScriptedAnswer.Refused(307, "{}", [("Location", new Uri(_github.BaseUri, "/api/v3/repos/octo/renamed/issues/7/comments").ToString())]));

        (await _client.Issue.Comment.Create("octo", "hello", 7, "text")).Body.ShouldBe("text");

        _github.Calls[1].Path.ShouldBe("/repos/octo/renamed/issues/7/comments");
        _github.Calls[1].AuthorizationScheme.ShouldBe("token");
    }

    private async Task<TException> RefusedAsync<TException>(ScriptedAnswer answer)
        where TException : Exception
    {
        _github.Script.Next(GitHubOperations.CreateComment, answer);
        var thrown = await Should.ThrowAsync<TException>(() => _client.Issue.Comment.Create("octo", "hello", 7, "text"));
        _github.Comments.ShouldBeEmpty();
        return thrown;
    }
}
