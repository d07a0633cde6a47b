using System.Reflection;

namespace Holdfast.Embedded.Invocation;

/// <summary>Awaits what a function returned and gives its plain value: null for void, Task and ValueTask.</summary>
internal static class ResultReader
{
    private static readonly MethodInfo _ofTask = Open(nameof(OfTaskAsync));
    private static readonly MethodInfo _ofValueTask = Open(nameof(OfValueTaskAsync));

    public static Func<object?, ValueTask<object?>> For(Type returnType)
    {
        if (returnType == typeof(Task))
        {
            return OfPlainTaskAsync;
        }

        if (returnType == typeof(ValueTask))
        {
            return OfPlainValueTaskAsync;
        }

        var generic = returnType.IsGenericType ? returnType.GetGenericTypeDefinition() : null;
        if (generic == typeof(Task<>))
        {
            return Close(_ofTask, returnType);
        }

        return generic == typeof(ValueTask<>) ? Close(_ofValueTask, returnType) : static value => ValueTask.FromResult(value);
    }

    /// <summary>The type that remains when it has been awaited; <c>void</c> for nothing.</summary>
    public static Type Awaited(Type returnType)
    {
        if (returnType == typeof(Task) || returnType == typeof(ValueTask))
        {
            return typeof(void);
        }

        var generic = returnType.IsGenericType ? returnType.GetGenericTypeDefinition() : null;
        return generic == typeof(Task<>) || generic == typeof(ValueTask<>) ? returnType.GetGenericArguments()[0] : returnType;
    }

    private static MethodInfo Open(string name) => typeof(ResultReader).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static Func<object?, ValueTask<object?>> Close(MethodInfo open, Type returnType)
        => open.MakeGenericMethod(returnType.GetGenericArguments()[0]).CreateDelegate<Func<object?, ValueTask<object?>>>();

    private static async ValueTask<object?> OfPlainTaskAsync(object? task)
    {
        await (Task)task!;
        return null;
    }

    private static async ValueTask<object?> OfPlainValueTaskAsync(object? task)
    {
        await (ValueTask)task!;
        return null;
    }

    private static async ValueTask<object?> OfTaskAsync<T>(object? task) => await (Task<T>)task!;

    private static async ValueTask<object?> OfValueTaskAsync<T>(object? task) => await (ValueTask<T>)task!;
}
