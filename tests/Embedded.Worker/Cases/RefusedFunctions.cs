#pragma warning disable CA1822 // These methods are what a function must not be; they have no bodies worth the name.
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Holdfast.Embedded.Worker.Tests.Refused;

// One class per mistake: each is served alone by a test.
public sealed class TwiceNamed
{
    [Function("twice")]
    public void First([TimerTrigger("0 0 0 * * *")] TimerInfo timer)
    {
    }

    [Function("TWICE")]
    public void Second([TimerTrigger("0 0 0 * * *")] TimerInfo timer)
    {
    }
}

public sealed class NoTrigger
{
    [Function("none")]
    public void Run(TimerInfo timer)
    {
    }
}

public sealed class TwoTriggers
{
    [Function("two")]
    public void Run([TimerTrigger("0 0 0 * * *")] TimerInfo timer, [HttpTrigger] HttpRequest request)
    {
    }
}

public sealed class BadName
{
    [Function("1st function")]
    public void Run([TimerTrigger("0 0 0 * * *")] TimerInfo timer)
    {
    }
}

internal sealed class Hidden
{
    [Function("hidden")]
    public void Run([TimerTrigger("0 0 0 * * *")] TimerInfo timer)
    {
    }
}

public sealed class HiddenMethod
{
    [Function("hidden")]
    internal void Run([TimerTrigger("0 0 0 * * *")] TimerInfo timer)
    {
    }
}

public sealed class Generic<T>
{
    [Function("generic")]
    public void Run([TimerTrigger("0 0 0 * * *")] TimerInfo timer)
    {
    }
}

public abstract class Unfinished
{
    [Function("unfinished")]
    public void Run([TimerTrigger("0 0 0 * * *")] TimerInfo timer)
    {
    }
}

public sealed class Unawaitable
{
    [Function("unawaitable")]
    public async void Run([TimerTrigger("0 0 0 * * *")] TimerInfo timer) => await Task.Yield();
}

public sealed class UnknownParameter
{
    [Function("unknown")]
    public void Run([TimerTrigger("0 0 0 * * *")] TimerInfo timer, Uri surprise)
    {
    }
}

public sealed class NotInRoute
{
    [Function("lost")]
    public IActionResult Run([HttpTrigger(Route = "a/{other}")] HttpRequest request, string id) => new OkResult();
}

public sealed class TakesHttpContext
{
    [Function("context")]
    public IActionResult Run([HttpTrigger] HttpRequest request, HttpContext http) => new OkResult();
}

public sealed class TriggerOnText
{
    [Function("text")]
    public IActionResult Run([HttpTrigger] string body) => new OkResult();
}

public sealed class ReturnsText
{
    [Function("returns-text")]
    public Task<string> Run([HttpTrigger] HttpRequest request) => Task.FromResult("");
}

public sealed class BrokenRoute
{
    [Function("broken")]
    public IActionResult Run([HttpTrigger(Route = "a/{b")] HttpRequest request) => new OkResult();
}

public sealed class UnknownConstraint
{
    [Function("constrained")]
    public IActionResult Run([HttpTrigger(Route = "a/{b:colour}")] HttpRequest request) => new OkResult();
}

public sealed class SameRoute
{
    [Function("one")]
    public IActionResult One([HttpTrigger("get", "post", Route = "same/{id}")] HttpRequest request) => new OkResult();

    [Function("other")]
    public IActionResult Other([HttpTrigger("POST", Route = "/Same/{id}")] HttpRequest request) => new OkResult();
}

public sealed class TimerOnText
{
    [Function("timer-text")]
    public void Run([TimerTrigger("0 0 0 * * *")] string timer)
    {
    }
}

public sealed class BadSchedule
{
    [Function("schedule")]
    public void Run([TimerTrigger("every now and then")] TimerInfo timer)
    {
    }
}

public sealed class MissingSetting
{
    [Function("setting")]
    public void Run([TimerTrigger("%NoSuchSetting%")] TimerInfo timer)
    {
    }
}

public sealed class UnservedTrigger
{
    [Function("unserved")]
    public void Run([MadeUpTrigger] string value)
    {
    }
}

[AttributeUsage(AttributeTargets.Parameter)]
public sealed class MadeUpTriggerAttribute : TriggerBindingAttribute;
