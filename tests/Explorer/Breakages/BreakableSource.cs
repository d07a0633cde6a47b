using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Holdfast.Tests.Explorer.Breakages;

/// <summary>The source of a library, bound to its symbols, in which places are found and rewritten.</summary>
internal sealed class BreakableSource
{
    /// <summary>What the build adds by <c>ImplicitUsings</c>.</summary>
    private const string ImplicitUsings =
        """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    /// <summary>What a breakage puts into a file may be named there without its namespace.</summary>
    private const string Usings = "using Holdfast.Sessions; using Holdfast.Storage; using Holdfast.Transcripts; ";

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Preview);
    private readonly CSharpCompilation _compilation;

    /// <param name="files">Paths and texts.</param>
    public BreakableSource(IEnumerable<(string Path, string Text)> files)
    {
        // All that this process may load, but for the library itself, whose types are those of the source.
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) != "Holdfast.Shared.dll")
            .Select(file => MetadataReference.CreateFromFile(file));
        _compilation = CSharpCompilation.Create(
            "Holdfast.Shared",
            files.Append((Path: "ImplicitUsings.g.cs", Text: ImplicitUsings))
                .Select(file => CSharpSyntaxTree.ParseText(file.Text, Language, file.Path)),
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <returns>The files that change, with all breakages in them.</returns>
    /// <exception cref="InvalidOperationException">A place is not there, or is there more than once.</exception>
    public IEnumerable<(string Path, string Text)> Break(IEnumerable<SourceBreakage> breakages)
    {
        var changes = breakages
            .SelectMany(breakage => Find(breakage).SelectMany(place => Changes(place, breakage)))
            .ToLookup(change => change.Tree);
        return changes.Select(tree => (tree.Key.FilePath, Apply(tree.Key.ToString(), tree.Select(change => (change.Change, change.By)))));
    }

    private List<SyntaxNode> Find(SourceBreakage breakage)
    {
        var found = new List<SyntaxNode>();
        foreach (var tree in _compilation.SyntaxTrees)
        {
            var model = _compilation.GetSemanticModel(tree);
            found.AddRange(tree.GetRoot().DescendantNodes().Select(node => breakage.Place.At(node, model)).OfType<SyntaxNode>().Distinct());
        }

        return found.Count == 1 || (found.Count > 1 && breakage.Place.Many)
            ? found
            : throw new InvalidOperationException(
                $"The breakage '{breakage.Name}' does not fit the code any more: {breakage.Place.Text} is there {found.Count} times"
                + string.Concat(found.Select(place => $"{Environment.NewLine}  {place.GetLocation().GetLineSpan()}"))
                + $"{Environment.NewLine}See 'When a breakage does not fit any more' in docs/explorer.md.");
    }

    private static IEnumerable<(SyntaxTree Tree, TextChange Change, string By)> Changes(SyntaxNode place, SourceBreakage breakage)
    {
        var on = $"global::Holdfast.BreakageSwitches.Is(\"{breakage.Name}\")";
        var broken = breakage.Broken.Replace("{on}", on, StringComparison.Ordinal);
        return (place is MethodDeclarationSyntax method
            ? BeforeAll(method, broken)
            : [new TextChange(place.Span, broken.Replace("{it}", place.ToString(), StringComparison.Ordinal))])
            .Select(change => (place.SyntaxTree, change, breakage.Name));
    }

    private static IEnumerable<TextChange> BeforeAll(MethodDeclarationSyntax method, string broken)
    {
        for (var number = 0; number < method.ParameterList.Parameters.Count; number++)
        {
            var name = method.ParameterList.Parameters[number].Identifier.Text;
            broken = broken.Replace($"{{{number.ToString(CultureInfo.InvariantCulture)}}}", name, StringComparison.Ordinal);
        }

        if (method.Body is { } body)
        {
            return [new TextChange(new TextSpan(body.OpenBraceToken.Span.End, 0), $" {broken}")];
        }

        // => value; becomes { … return value; }, and once where several breakages begin here.
        var (arrow, end) = (method.ExpressionBody!.ArrowToken.Span, method.SemicolonToken.Span.End);
        return
        [
            new TextChange(arrow, "{"), new TextChange(new TextSpan(arrow.End, 0), $" {broken}"),
            new TextChange(
                new TextSpan(method.ExpressionBody.Expression.SpanStart, 0), "return "), new TextChange(new TextSpan(end, 0), " }"),
        ];
    }

    private static string Apply(string text, IEnumerable<(TextChange Change, string By)> changes)
    {
        var ordered = changes.DistinctBy(change => change.Change).OrderBy(change => change.Change.Span.Start).ToList();
        var (first, second) = ordered.Zip(ordered.Skip(1))
            .FirstOrDefault(pair => pair.First.Change.Span.End > pair.Second.Change.Span.Start);
        return second.By is null
            ? Usings + SourceText.From(text).WithChanges(ordered.Select(change => change.Change)).ToString()
            : throw new InvalidOperationException($"The breakages '{first.By}' and '{second.By}' change the same place.");
    }
}
