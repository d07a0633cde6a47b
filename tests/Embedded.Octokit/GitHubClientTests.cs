using Holdfast.Peers.GitHub;
using Holdfast.Peers.Scripting;
using Octokit;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Octokit.Tests;

public sealed class GitHubClientTests : IAsyncLifetime
{
    private ScriptedGitHub _github = null!;
    private GitHubClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _github = await ScriptedGitHub.StartAsync();
        _client = new GitHubClient(new ProductHeaderValue("holdfast", "1.0"), _github.BaseUri) { Credentials = new Credentials("ghp_test") };
    }

    public ValueTask DisposeAsync() => _github.DisposeAsync();

    [Fact]
    public void BaseAddress_WhenServerIsNotGitHub_EndsInTheEnterprisePath()
    {
        _client.BaseAddress.ShouldBe(new Uri(_github.BaseUri, "api/v3/"));
        new GitHubClient(new ProductHeaderValue("x"), new Uri("https://github.com/")).BaseAddress.ShouldBe(GitHubClient.GitHubApiUrl);
        new GitHubClient(new ProductHeaderValue("x")).BaseAddress.ShouldBe(new Uri("https://api.github.com/"));
    }

    [Fact]
    public async Task Create_WhenAccepted_PostsTheBodyExactlyAndReturnsTheComment()
    {
        const string body = "**grüße** 👋 \"a\" & <b> \\ \u2028 +1\r\n\n<!-- x -->";

        var comment = await _client.Issue.Comment.Create("Octo", "Hello", 7, body);

        var stored = _github.Comments.ShouldHaveSingleItem();
        stored.Body.ShouldBe(body);
        stored.IssueNumber.ShouldBe(7);
        comment.Id.ShouldBe(stored.Id);
        comment.Id.ShouldBeGreaterThan(int.MaxValue);
        comment.Body.ShouldBe(body);
        comment.NodeId.ShouldNotBeNullOrEmpty();
        comment.HtmlUrl.ShouldEndWith($"#issuecomment-{stored.Id}");
        comment.User.ShouldNotBeNull().Login.ShouldBe("holdfast-user");
        comment.User.Type.ShouldBe(AccountType.User);
        comment.AuthorAssociation.Value.ShouldBe(AuthorAssociation.Collaborator);
        comment.CreatedAt.ToUnixTimeSeconds().ShouldBe(stored.CreatedAt.ToUnixTimeSeconds());
        var call = _github.Calls.ShouldHaveSingleItem();
        (call.Method, call.Path, call.IsEnterprisePath, call.AuthorizationScheme).ShouldBe(("POST", "/repos/Octo/Hello/issues/7/comments", true, "token"));
    }

    [Fact]
    public async Task Create_WhenCalledByRepositoryId_UsesTheRouteOfTheId()
    {
        await _client.Issue.Comment.Create(123, 7, "text");

        _github.Calls.ShouldHaveSingleItem().Path.ShouldBe("/repositories/123/issues/7/comments");
    }

    [Fact]
    public async Task GetAllForIssue_WhenThereAreManyPages_FollowsTheLinks()
    {
        Say(5);

        var all = await _client.Issue.Comment.GetAllForIssue("octo", "hello", 7, new ApiOptions { PageSize = 2 });

        all.Select(c => c.Body).ShouldBe(["comment 0", "comment 1", "comment 2", "comment 3", "comment 4"]);
        _github.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task GetAllForIssue_WhenPageCountIsSet_StopsThere()
    {
        Say(7);

        var some = await _client.Issue.Comment.GetAllForIssue("octo", "hello", 7, new ApiOptions { StartPage = 2, PageCount = 2, PageSize = 2 });

        some.Select(c => c.Body).ShouldBe(["comment 2", "comment 3", "comment 4", "comment 5"]);
    }

    [Fact]
    public async Task GetAllForIssue_WhenSinceIsSet_SendsItInUtc()
    {
        Say(1);

        var request = new IssueCommentRequest { Since = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)) };
        var none = await _client.Issue.Comment.GetAllForIssue("octo", "hello", 7, request);

        none.ShouldBeEmpty();
        _github.Calls.ShouldHaveSingleItem().Query.ShouldBe("?sort=created&direction=asc&since=2030-01-02T02%3A04%3A05Z");
    }

    [Fact]
    public async Task Update_WhenTheCommentExists_ChangesItsBody()
    {
        var comment = await _client.Issue.Comment.Create("octo", "hello", 7, "first");

        (await _client.Issue.Comment.Update("octo", "hello", comment.Id, "second")).Body.ShouldBe("second");
        (await _client.Issue.Comment.Get("octo", "hello", comment.Id)).Body.ShouldBe("second");
        _github.Calls[1].Method.ShouldBe("PATCH");
    }

    [Fact]
    public async Task GitHubApps_WhenCredentialsAreBearer_GiveInstallationAndToken()
    {
        _client.Credentials = new Credentials("jwt", AuthenticationType.Bearer);

        var installation = await _client.GitHubApps.GetRepositoryInstallationForCurrent("octo", "hello");
        var token = await _client.GitHubApps.CreateInstallationToken(installation.Id);

        installation.Id.ShouldBe(42);
        installation.TargetType.Value.ShouldBe(AccountType.Organization);
        installation.RepositorySelection.Value.ShouldBe(InstallationRepositorySelection.Selected);
        token.Token.ShouldStartWith("ghs_");
        token.ExpiresAt.ShouldBe(DateTimeOffset.UtcNow.AddHours(1), TimeSpan.FromMinutes(1));
        _github.Calls.ShouldAllBe(c => c.AuthorizationScheme == "bearer");
    }

    [Fact]
    public async Task CredentialStore_WhenGiven_IsAskedBeforeEachRequest()
    {
        var store = new CountingStore();
        var client = new GitHubClient(new ProductHeaderValue("holdfast"), store, _github.BaseUri);

        await client.Issue.Comment.Create("octo", "hello", 7, "one");
        await client.Issue.Comment.Create("octo", "hello", 7, "two");

        store.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task Create_WhenTheAnswerIsLost_FailsWithoutSendingAgain()
    {
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.LostAnswer());

        await Should.ThrowAsync<HttpRequestException>(() => _client.Issue.Comment.Create("octo", "hello", 7, "text"));

        _github.Comments.Count.ShouldBe(1);
        _github.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task SetRequestTimeout_WhenTheAnswerIsSlower_CancelsTheRequest()
    {
        var gate = new TaskCompletionSource();
        _github.Script.Next(GitHubOperations.CreateComment, new ScriptedAnswer.Held(gate.Task));
        _client.SetRequestTimeout(TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<TaskCanceledException>(() => _client.Issue.Comment.Create("octo", "hello", 7, "text"));
    }

    [Fact]
    public async Task GetLastApiInfo_AfterAnAnswer_TellsTheRateLimit()
    {
        _client.GetLastApiInfo().ShouldBeNull();

        await _client.Issue.Comment.Create("octo", "hello", 7, "text");

        _client.GetLastApiInfo().ShouldNotBeNull().RateLimit.Limit.ShouldBe(5000);
    }

    private void Say(int count)
    {
        for (var n = 0; n < count; n++)
        {
            _github.Say("octo", "hello", 7, $"comment {n}");
        }
    }

    private sealed class CountingStore : ICredentialStore
    {
        public int Asked { get; private set; }

        public Task<Credentials> GetCredentials()
        {
            Asked++;
            return Task.FromResult(new Credentials("ghp_test"));
        }
    }
}
