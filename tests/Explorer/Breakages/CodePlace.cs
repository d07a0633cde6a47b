using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Holdfast.Tests.Explorer.Breakages;

/// <summary>
/// A place in the source by what stands there and not by how it is written: it is the same place in another file, on other lines and
/// beside renamed locals. Names come by <c>nameof</c>, so that a renamed member takes its breakage along.
/// </summary>
/// <param name="Text">For messages.</param>
/// <param name="At">The place itself when a node is the sign of it, else null.</param>
/// <param name="Many">Each place that fits is meant, and there is at least one; otherwise there is exactly one.</param>
internal sealed record CodePlace(string Text, Func<SyntaxNode, SemanticModel, SyntaxNode?> At, bool Many = false)
{
    /// <summary>A call, with its <c>await</c>.</summary>
    public static CodePlace Call(Type type, string method) => new(
        $"a call of {type.Name}.{method}",
        (node, model) => IsCall(node, model, type, method) ? (node.Parent as AwaitExpressionSyntax) ?? node : null);

    /// <summary>The statement that a call stands in.</summary>
    public static CodePlace Statement(Type type, string method) => new(
        $"a statement that calls {type.Name}.{method}",
        (node, model) => IsCall(node, model, type, method) ? node.FirstAncestorOrSelf<StatementSyntax>() : null);

    /// <summary>A property that is read.</summary>
    public static CodePlace Read(Type type, string property) => new(
        $"a read of {type.Name}.{property}",
        (node, model) => node is MemberAccessExpressionSyntax && Is(model.GetSymbolInfo(node).Symbol, type, property) ? node : null);

    /// <summary>What a constructor's parameter is given.</summary>
    public static CodePlace Argument(Type type, string parameter) => new(
        $"the argument for {parameter} of a new {type.Name}",
        (node, model) => node is ArgumentSyntax argument
            && model.GetOperation(argument) is IArgumentOperation { Parameter: { ContainingSymbol: IMethodSymbol method } taken }
            && method.MethodKind == MethodKind.Constructor && taken.Name == parameter && Is(method.ContainingType, type)
                ? argument.Expression
                : null);

    /// <summary>A copy by <c>with</c>.</summary>
    public static CodePlace With(Type type) => new(
        $"a copy of a {type.Name}",
        (node, model) => node is WithExpressionSyntax && model.GetTypeInfo(node).Type is { } copied && Is(copied, type) ? node : null);

    /// <summary>The <c>return</c> whose value names a member.</summary>
    public static CodePlace Return(Type type, string member) => new(
        $"a return of {type.Name}.{member}",
        (node, model) => node is IdentifierNameSyntax && Is(model.GetSymbolInfo(node).Symbol, type, member)
            ? node.FirstAncestorOrSelf<ReturnStatementSyntax>()
            : null);

    /// <summary>Before everything else that a method does.</summary>
    /// <param name="parameters">How many the method has, where there are several of its name.</param>
    public static CodePlace Start(Type type, string method, int? parameters = null) => new(
        $"the start of {type.Name}.{method}",
        (node, model) => node is MethodDeclarationSyntax declared && declared.Identifier.ValueText == method
            && (parameters is null || declared.ParameterList.Parameters.Count == parameters)
            && Is(model.GetDeclaredSymbol(declared), type, method)
                ? node
                : null);

    /// <summary>Only within this type, and types within it.</summary>
    public CodePlace In(Type type) => this with
    {
        Text = $"{Text} in {type.Name}",
        At = (node, model) => At(node, model) is { } place
            && place.Ancestors().OfType<TypeDeclarationSyntax>().Any(outer => Is(model.GetDeclaredSymbol(outer), type)) ? place : null,
    };

    /// <summary>Not within the methods of this name.</summary>
    public CodePlace NotIn(string method) => this with
    {
        Text = $"{Text}, not in {method}",
        At = (node, model) => At(node, model) is { } place
            && !place.Ancestors().OfType<MethodDeclarationSyntax>().Any(outer => outer.Identifier.ValueText == method) ? place : null,
    };

    /// <summary>Only within a method that calls this one as well.</summary>
    public CodePlace Beside(Type type, string method) => this with
    {
        Text = $"{Text} beside one of {type.Name}.{method}",
        At = (node, model) => At(node, model) is { } place
            && place.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } outer
            && outer.DescendantNodes().Any(other => IsCall(other, model, type, method)) ? place : null,
    };

    /// <summary>All such places.</summary>
    public CodePlace Each() => this with { Text = $"each: {Text}", Many = true };

    private static bool IsCall(SyntaxNode node, SemanticModel model, Type type, string method) =>
        node is InvocationExpressionSyntax && Is(model.GetSymbolInfo(node).Symbol, type, method);

    private static bool Is(ISymbol? member, Type type, string name) =>
        member is not null && member.Name == name && member.ContainingType is { } containing && Is(containing, type);

    private static bool Is(ISymbol? symbol, Type type) => symbol is ITypeSymbol declared && FullNameOf(declared) == type.FullName;

    /// <summary>As <see cref="Type.FullName"/> gives it for a definition.</summary>
    private static string FullNameOf(ITypeSymbol type) => type.ContainingType is { } outer
        ? $"{FullNameOf(outer)}+{type.MetadataName}"
        : $"{type.ContainingNamespace?.ToDisplayString()}.{type.MetadataName}";
}
