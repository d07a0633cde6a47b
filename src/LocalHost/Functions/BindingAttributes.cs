using System.Diagnostics;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;

namespace Holdfast.LocalHost.Functions;

/// <summary>The attributes by which the WebJobs SDK and its extensions recognise a binding.</summary>
internal static class BindingAttributes
{
    public static CustomAttributeBuilder Of(FunctionBinding binding) => binding.Kind switch
    {
        BindingKind.TimerTrigger =>
            Attribute(typeof(TimerTriggerAttribute), [binding.Text("schedule") ?? ""], ("RunOnStartup", binding.Flag("runOnStartup"))),
        BindingKind.OrchestrationTrigger =>
            Attribute(typeof(OrchestrationTriggerAttribute), [], ("Orchestration", binding.Text("orchestration"))),
        BindingKind.ActivityTrigger => Attribute(typeof(ActivityTriggerAttribute), [], ("Activity", binding.Text("activity"))),
        BindingKind.EntityTrigger => Attribute(typeof(EntityTriggerAttribute), [], ("EntityName", binding.Text("entityName"))),
        BindingKind.DurableClient => Attribute(
            typeof(DurableClientAttribute), [], ("TaskHub", binding.Text("taskHub")), ("ConnectionName", binding.Text("connectionName"))),
        _ => throw new UnreachableException(),
    };

    public static CustomAttributeBuilder NameOf(FunctionDefinition function) => Attribute(typeof(FunctionNameAttribute), [function.Name]);

    /// <summary>For what is only called, never triggered.</summary>
    public static CustomAttributeBuilder NoTrigger() => Attribute(typeof(NoAutomaticTriggerAttribute), []);

    private static CustomAttributeBuilder Attribute(Type type, object[] arguments, params (string Name, object? Value)[] properties)
    {
        var set = properties.Where(property => property.Value is not null).ToArray();
        return new CustomAttributeBuilder(
            type.GetConstructor([.. arguments.Select(argument => argument.GetType())])!,
            arguments,
            [.. set.Select(property => type.GetProperty(property.Name)!)],
            [.. set.Select(property => property.Value)]);
    }
}
