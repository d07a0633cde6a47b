using System.Reflection;

namespace Holdfast.Embedded.Hosting;

/// <summary>How start-up messages name a method.</summary>
internal static class MethodNames
{
    public static string Of(MethodInfo method) => $"{method.ReflectedType!.FullName}.{method.Name}";
}
