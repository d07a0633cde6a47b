using Holdfast.Embedded.Hosting;
using Holdfast.Embedded.Worker.Tests.Refused;
using Microsoft.Azure.Functions.Worker;
using Shouldly;
using Xunit;

namespace Holdfast.Embedded.Worker.Tests;

public sealed class DiscoveryTests
{
    [Theory]
    [InlineData(typeof(TwiceNamed), "TwiceNamed.Second", "TwiceNamed.First")]
    [InlineData(typeof(NoTrigger), "NoTrigger.Run", "no parameter has a trigger")]
    [InlineData(typeof(TwoTriggers), "TwoTriggers.Run", "more than one")]
    [InlineData(typeof(BadName), "BadName.Run", "'1st function'")]
    [InlineData(typeof(Hidden), "Hidden.Run", "public")]
    [InlineData(typeof(HiddenMethod), "HiddenMethod.Run", "public")]
    [InlineData(typeof(Generic<>), "Generic`1.Run", "generic")]
    [InlineData(typeof(Unfinished), "Unfinished.Run", "abstract")]
    [InlineData(typeof(Unawaitable), "Unawaitable.Run", "return Task")]
    [InlineData(typeof(UnknownParameter), "UnknownParameter.Run", "'surprise' of type Uri")]
    [InlineData(typeof(NotInRoute), "NotInRoute.Run", "'api/a/{other}' has no parameter")]
    [InlineData(typeof(TakesHttpContext), "TakesHttpContext.Run", "GetHttpContext")]
    [InlineData(typeof(TriggerOnText), "TriggerOnText.Run", "HttpRequest")]
    [InlineData(typeof(ReturnsText), "ReturnsText.Run", "IActionResult")]
    [InlineData(typeof(BrokenRoute), "BrokenRoute.Run", "'api/a/{b'")]
    [InlineData(typeof(UnknownConstraint), "UnknownConstraint.Run", "'colour'")]
    [InlineData(typeof(SameRoute), "SameRoute.Other", "'one'")]
    [InlineData(typeof(TimerOnText), "TimerOnText.Run", "TimerInfo")]
    [InlineData(typeof(BadSchedule), "BadSchedule.Run", "'every now and then'")]
    [InlineData(typeof(MissingSetting), "MissingSetting.Run", "'NoSuchSetting'")]
    [InlineData(typeof(UnservedTrigger), "UnservedTrigger.Run", "'value'")]
    public void Build_WhenAFunctionCannotWork_NamesMethodAndReason(Type type, string method, string reason)
    {
        var failure = Should.Throw<HostStartException>(() => WorkerHost.BuildOnly([type]));
        failure.Message.ShouldContain(method);
        failure.Message.ShouldContain(reason);
    }

    [Fact]
    public void Build_WhenHttpIsNotConfigured_SaysWhatIsMissing()
        => Should.Throw<HostStartException>(() => WorkerHost.BuildOnly([typeof(ProcessFunctions)], static _ => { }))
            .Message.ShouldContain("ConfigureFunctionsWebApplication");

    [Theory]
    [InlineData("admin")]
    [InlineData("runtime/x")]
    public void Build_WhenThePrefixIsTheHosts_Refuses(string prefix)
        => Should.Throw<HostStartException>(() => WorkerHost.BuildOnly(
            [typeof(ProcessFunctions)],
            files: [("host.json", $$"""{"version":"2.0","extensions":{"http":{"routePrefix":"{{prefix}}"} } }""")])).Message.ShouldContain(prefix);

    [Fact]
    public void Find_WhenClassesHaveOtherMembers_FindsFunctionsOnly()
    {
        var functions = FunctionDiscovery.Find([typeof(GuardedFunctions), typeof(Probe), typeof(DiscoveryTests)]);
        functions.Select(function => function.Name).ShouldBe(["open", "guarded", "master", "unsaid"]);
        functions[0].Trigger.Name.ShouldBe("request");
    }

    [Theory]
    [InlineData("AzureWebJobs.ping.Disabled", "true")]
    [InlineData("AzureWebJobs.ping.Disabled", "1")]
    [InlineData("AzureWebJobs_ping_Disabled", "True")]
    public async Task Start_WhenASettingSwitchesAFunctionOff_ServesTheOthers(string setting, string value)
    {
        await using var worker = await WorkerHost.StartAsync([typeof(ProcessFunctions), typeof(GuardedFunctions)], args: ["--port", "0", $"--{setting}", value]);
        (await worker.Client.GetAsync("api/ping")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await worker.Client.GetStringAsync("api/open")).ShouldBe("open");
    }

    [Fact]
    public async Task Start_WhenHostJsonListsFunctions_ServesOnlyThose()
    {
        await using var worker = await WorkerHost.StartAsync(
            [typeof(ProcessFunctions), typeof(GuardedFunctions)], files: [("host.json", """{"version":"2.0","functions":["Open"]}""")]);
        (await worker.Client.GetAsync("api/ping")).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await worker.Client.GetStringAsync("api/open")).ShouldBe("open");
    }

    [Fact]
    public void OfProcess_WhenAskedForTypes_TakesTheEntryAssembly()
        => WorkerSetup.OfProcess().Types.ShouldContain(typeof(ProcessFunctions));

    [Fact]
    public void Attribute_WhenOnlyMethodsAreGiven_AsksForFunctionLevelAsTheHostDoes()
    {
        new HttpTriggerAttribute("get").AuthLevel.ShouldBe(AuthorizationLevel.Anonymous);
        new HttpTriggerAttribute("get").LevelAskedFor.ShouldBe(AuthorizationLevel.Function);
        new HttpTriggerAttribute().AuthLevel.ShouldBe(AuthorizationLevel.Function);
    }
}
