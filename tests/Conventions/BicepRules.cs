using System.Text.RegularExpressions;

namespace Holdfast.Conventions.Tests;

/// <summary>What can be said about the Bicep files without their compiler. Each rule is a function from files to sentences.</summary>
public static partial class BicepRules
{
    /// <summary>Brackets and quotes that do not match.</summary>
    public static IReadOnlyList<string> Balance(IEnumerable<TreeFile> files) =>
        [.. from file in files
            let fault = BicepText.Imbalance(file.Text)
            where fault is not null
            select $"{file.Path}: {fault}"];

    /// <summary>A module file that is not there, a parameter it does not have, or a required one that is not passed.</summary>
    public static IReadOnlyList<string> Modules(IReadOnlyCollection<TreeFile> files) =>
        [.. from file in files
            from module in BicepText.Modules(file.Text)
            from fault in ModuleFaults(files.FirstOrDefault(other => other.Path == file.Folder + "/" + module.Path), module)
            select $"{file.Path}: {fault}"];

    /// <summary>An output that a caller reads and the module does not declare.</summary>
    public static IReadOnlyList<string> Outputs(IReadOnlyCollection<TreeFile> files) =>
        [.. from file in files
            from Match call in ModuleCall().Matches(BicepText.WithoutComments(file.Text))
            let target = files.FirstOrDefault(other => other.Path == file.Folder + "/" + call.Groups["path"].Value)
            where target is not null
            from Match read in Regex.Matches(BicepText.Code(file.Text), $@"\b{call.Groups["name"].Value}\.outputs\.(?<output>\w+)")
            where !BicepText.Outputs(target.Text).Contains(read.Groups["output"].Value)
            select $"{file.Path}: {target.Path} has no output {read.Groups["output"].Value}"];

    /// <summary>A parameter or variable that nothing in its file uses.</summary>
    public static IReadOnlyList<string> Unused(IEnumerable<TreeFile> files) =>
        [.. from file in files
            let code = BicepText.Code(file.Text)
            from name in BicepText.Parameters(file.Text).Select(parameter => parameter.Name).Concat(Variables(code))
            // The declaration is one; a name straight before a colon is a property of that name and no use, except in a loop's head.
            where Regex.Count(code, $@"(?<![\w.]){name}\b(?!:)|\bin {name}:") < 2
            select $"{file.Path}: {name}"];

    /// <summary>A storage account that keys may open, or one that does not say that they may not; or anonymous access.</summary>
    public static IReadOnlyList<string> OpenStorage(IEnumerable<TreeFile> files) =>
        [.. from file in files
            let code = BicepText.WithoutComments(file.Text)
            from fault in StorageFaults(code)
            select $"{file.Path}: {fault}"];

    /// <summary>Names in a parameter file that the template lacks, and required ones that the file leaves out.</summary>
    public static IReadOnlyList<string> ParameterFile(TreeFile sample, TreeFile template)
    {
        var declared = BicepText.Parameters(template.Text);
        var given = SampleLine().Matches(BicepText.Code(sample.Text)).Select(match => match.Groups["name"].Value).ToHashSet();
        return
        [
            .. given.Where(name => declared.All(parameter => parameter.Name != name)).Select(name => $"{sample.Path}: unknown {name}"),
            .. declared.Where(parameter => parameter.IsRequired && !given.Contains(parameter.Name)).Select(parameter => $"{sample.Path}: lacks {parameter.Name}"),
        ];
    }

    private static IEnumerable<string> ModuleFaults(TreeFile? target, BicepModule module)
    {
        if (target is null)
        {
            return [$"no file {module.Path}"];
        }

        var declared = BicepText.Parameters(target.Text);
        return
        [
            .. module.Parameters.Where(name => declared.All(parameter => parameter.Name != name)).Select(name => $"{module.Path} has no parameter {name}"),
            .. declared.Where(parameter => parameter.IsRequired && !module.Parameters.Contains(parameter.Name))
                .Select(parameter => $"{module.Path} needs {parameter.Name}"),
        ];
    }

    private static IEnumerable<string> StorageFaults(string code)
    {
        var accounts = Regex.Count(code, @"'Microsoft\.Storage/storageAccounts@[^']+' = \{");
        if (Regex.Count(code, @"allowSharedKeyAccess:\s*false\b") < accounts)
        {
            yield return "an account does not refuse shared keys";
        }

        if (Regex.Count(code, @"allowBlobPublicAccess:\s*false\b") < accounts)
        {
            yield return "an account does not refuse anonymous reads";
        }

        if (OpenDoor().Match(code) is { Success: true } open)
        {
            yield return open.Value;
        }
    }

    private static IEnumerable<string> Variables(string code) => VariableLine().Matches(code).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"^module[ \t]+(?<name>\w+)[ \t]+'(?<path>[^']+)'", RegexOptions.Multiline)]
    private static partial Regex ModuleCall();

    [GeneratedRegex(@"^var[ \t]+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex VariableLine();

    [GeneratedRegex(@"^param[ \t]+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex SampleLine();

    [GeneratedRegex(@"allowSharedKeyAccess:\s*(?!false\b)\w+|allowBlobPublicAccess:\s*(?!false\b)\w+|publicAccess:\s*'(?!None')\w+'|\blistKeys\b|AccountKey=|\blistAccountSas\b")]
    private static partial Regex OpenDoor();
}
