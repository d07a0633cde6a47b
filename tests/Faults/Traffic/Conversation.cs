using Holdfast.Harness;

namespace Holdfast.Tests.Faults.Traffic;

/// <summary>By which endpoint messages come.</summary>
public enum Channel
{
    Http = 1,
    Slack = 2,
    GitHub = 3,
}

/// <summary>A session as its sender sees it.</summary>
public abstract class Conversation
{
    public abstract Channel Channel { get; }

    public abstract string SessionKey { get; }

    /// <summary>How long this kind of sender waits for an answer before it sends again.</summary>
    public abstract TimeSpan Patience { get; }

    /// <summary>Makes the request of a message, called once; what it gives sends that message, each time the same.</summary>
    public abstract Func<HoldfastApp, Task<HttpResponseMessage>> Compose(string text, string token);

    public sealed class Http(string name) : Conversation
    {
        public override Channel Channel => Channel.Http;

        public override string SessionKey { get; } = $"agent:main:http:{name}";

        public override TimeSpan Patience { get; } = TimeSpan.FromSeconds(12);

        public override Func<HoldfastApp, Task<HttpResponseMessage>> Compose(string text, string token) =>
            app => AppFixture.PostAsync(app, SessionKey, text, idempotencyKey: token);
    }

    /// <summary>A thread; its first message opens it.</summary>
    public sealed class Slack(string channel) : Conversation
    {
        private readonly SlackThread _thread = SlackThread.Begin(channel);
        private bool _isOpen;

        public override Channel Channel => Channel.Slack;

        public override string SessionKey => _thread.SessionKey();

        /// <summary>Slack's own.</summary>
        public override TimeSpan Patience { get; } = TimeSpan.FromSeconds(3);

        public override Func<HoldfastApp, Task<HttpResponseMessage>> Compose(string text, string token)
        {
            var body = _thread.Mention(text, _isOpen ? SlackThread.NextTs() : null);
            _isOpen = true;
            return app => AppFixture.SendSlackAsync(app, body, DateTimeOffset.UtcNow, AppFixture.SlackSecret);
        }
    }

    public sealed class GitHub(long issue) : Conversation
    {
        public override Channel Channel => Channel.GitHub;

        public override string SessionKey { get; } = new GitHubTalk(issue, "unsent").SessionKey;

        /// <summary>GitHub's own.</summary>
        public override TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

        public override Func<HoldfastApp, Task<HttpResponseMessage>> Compose(string text, string token)
        {
            var comment = new GitHubTalk(issue, text);
            return app => comment.SendAsync(app);
        }
    }
}
