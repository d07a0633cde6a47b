using System.Security.Cryptography;
using Holdfast.Peers.GitHub;
using Shouldly;
using Xunit;

namespace Holdfast.Peers.Tests;

/// <summary>The scripted GitHub, spoken to by GitHub's own client: what it understands is what the peer meant.</summary>
public sealed class VendorGitHubTests
{
    [Fact]
    public async Task Peer_WhenSpokenToByGitHubsClient_IsUnderstood()
    {
        using var key = RSA.Create(2048);
        var options = new ScriptedGitHubOptions
        {
            AppPublicKeyPem = key.ExportSubjectPublicKeyInfoPem(),
            AppIssuer = "1234",
            InstallationId = 42,
        };
        await using var github = await ScriptedGitHub.StartAsync(options);
        var keyFile = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());

            var seen = await NodeScript.RunAsync("github.mjs", github.BaseUri.ToString(), "1234", keyFile);

            var created = seen.GetProperty("created");
            created.GetProperty("status").GetInt32().ShouldBe(201);
            created.GetProperty("body").GetString().ShouldBe("**grüße** 👋 a & b < c\n\n<!-- hidden -->");
            created.GetProperty("user").GetString().ShouldBe("User");
            created.GetProperty("id").GetInt64().ShouldBe(github.Comments[0].Id);
            seen.GetProperty("listed").EnumerateArray().Select(c => c.GetString()).Skip(1)
                .ShouldBe(["comment 2", "comment 3", "comment 4", "comment 5"]);
            seen.GetProperty("updated").GetString().ShouldBe("changed");
            seen.GetProperty("limit").GetString().ShouldBe("5000");
            Status(seen, "empty").ShouldBe(422);
            Status(seen, "missing").ShouldBe(404);
            Status(seen, "anonymous").ShouldBe(401);
            seen.GetProperty("installation").GetInt64().ShouldBe(42);
            seen.GetProperty("byApp").GetString().ShouldBe("Bot");
        }
        finally
        {
            File.Delete(keyFile);
        }
    }

    private static int Status(System.Text.Json.JsonElement seen, string name) => seen.GetProperty(name).GetProperty("status").GetInt32();
}
