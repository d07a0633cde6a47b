using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;

namespace Holdfast.LocalHost.Functions;

/// <summary>
/// Presents an app's functions to the WebJobs SDK, which finds functions as methods with attributes: a static method each, emitted, that
/// hands its name and its arguments to one delegate.
/// </summary>
/// <remarks>
/// The parameters are the bindings in order, the trigger first, a cancellation token last. An HTTP function is called here too, once, for
/// what its other bindings give; its requests do not come this way.
/// </remarks>
internal static class FunctionMethods
{
    private const string TargetField = "Target";

    /// <param name="functions">What to present.</param>
    /// <param name="target">Gets a function's name and its arguments; what it returns is the function's result.</param>
    public static Type Emit(IEnumerable<FunctionDefinition> functions, Func<string, object?[], Task<object?>> target)
    {
        var type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("App"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("App")
            .DefineType("Functions", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        var field = type.DefineField(TargetField, target.GetType(), FieldAttributes.Public | FieldAttributes.Static);
        foreach (var function in functions)
        {
            Add(type, field, function);
        }

        var built = type.CreateType();
        built.GetField(TargetField)!.SetValue(null, target);
        return built;
    }

    /// <summary>The bindings that are parameters of a function's method, in order.</summary>
    public static IReadOnlyList<FunctionBinding> ParametersOf(FunctionDefinition function) =>
        function.IsHttp ? function.Inputs : [function.Trigger, .. function.Inputs];

    private static void Add(TypeBuilder type, FieldBuilder target, FunctionDefinition function)
    {
        var bindings = ParametersOf(function);
        Type[] types = [.. bindings.Select(TypeOf), typeof(CancellationToken)];
        // A result where none is bound is refused: "Cannot bind parameter '$return'".
        var method = type.DefineMethod(
            function.Name, MethodAttributes.Public | MethodAttributes.Static, function.HasResult
                ? typeof(Task<object>)
                : typeof(Task), types);
        method.SetCustomAttribute(BindingAttributes.NameOf(function));
        if (function.IsHttp)
        {
            method.SetCustomAttribute(BindingAttributes.NoTrigger());
        }

        if (function.HasResult)
        {
            method.DefineParameter(0, ParameterAttributes.Retval, null).SetCustomAttribute(BindingAttributes.Of(function.Trigger));
        }

        for (var index = 0; index < bindings.Count; index++)
        {
            method.DefineParameter(index + 1, ParameterAttributes.None, bindings[index].Name)
                .SetCustomAttribute(BindingAttributes.Of(bindings[index]));
        }

        method.DefineParameter(types.Length, ParameterAttributes.None, "cancellation");
        EmitCall(method.GetILGenerator(), target, function.Name, types);
    }

    private static void EmitCall(ILGenerator il, FieldBuilder target, string name, Type[] types)
    {
        il.Emit(OpCodes.Ldsfld, target);
        il.Emit(OpCodes.Ldstr, name);
        il.Emit(OpCodes.Ldc_I4, types.Length);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (var index = 0; index < types.Length; index++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, index);
            il.Emit(OpCodes.Ldarg, index);
            il.Emit(OpCodes.Box, types[index]);
            il.Emit(OpCodes.Stelem_Ref);
        }

        il.Emit(OpCodes.Callvirt, typeof(Func<string, object?[], Task<object?>>).GetMethod("Invoke")!);
        il.Emit(OpCodes.Ret);
    }

    private static Type TypeOf(FunctionBinding binding) => binding.Kind == BindingKind.TimerTrigger ? typeof(TimerInfo) : typeof(string);
}
