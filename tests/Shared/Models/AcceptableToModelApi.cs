using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Models;
using Shouldly;

namespace Holdfast.Tests.Models;

/// <summary>
/// What the Converse API refuses, written down apart from the builder: wrong order of roles, empty or blank content, unpaired tool
/// calls, ids and names out of form, tool blocks without a tool configuration, reasoning without a signature.
/// </summary>
internal static partial class AcceptableToModelApi
{
    public static void Check(ModelPrompt prompt)
    {
        prompt.Messages.ShouldNotBeEmpty();
        prompt.Messages[0].Role.ShouldBe(PromptRole.User);
        prompt.Messages[^1].Role.ShouldBe(PromptRole.User);
        if (prompt.System is not null)
        {
            prompt.System.ShouldNotBeNullOrWhiteSpace();
        }

        var ids = new HashSet<string>();
        var open = new List<string>();
        for (var at = 0; at < prompt.Messages.Length; at++)
        {
            var message = prompt.Messages[at];
            message.Blocks.ShouldNotBeEmpty();
            message.Role.ShouldBe(at % 2 == 0 ? PromptRole.User : PromptRole.Assistant);
            message.Blocks.OfType<PromptBlock.ToolResult>().Select(result => result.CallId).ShouldBe(open, ignoreOrder: true);
            message.Blocks.Take(open.Count).ShouldAllBe(block => block is PromptBlock.ToolResult);
            open.Clear();
            foreach (var block in message.Blocks)
            {
                CheckBlock(block, message.Role, prompt.Tools.Length > 0, ids, open);
            }

            if (open.Count > 0)
            {
                message.Blocks[^1].ShouldBeOfType<PromptBlock.ToolUse>();
            }
        }

        open.ShouldBeEmpty();
    }

    private static void CheckBlock(PromptBlock block, PromptRole role, bool hasTools, HashSet<string> ids, List<string> open)
    {
        switch (block)
        {
            case PromptBlock.Text text:
                text.Value.ShouldNotBeNullOrWhiteSpace();
                break;
            case PromptBlock.Reasoning reasoning:
                role.ShouldBe(PromptRole.Assistant);
                reasoning.Signature.ShouldNotBeNullOrEmpty();
                break;
            case PromptBlock.ToolUse call:
                role.ShouldBe(PromptRole.Assistant);
                hasTools.ShouldBeTrue();
                Identifier().IsMatch(call.Id).ShouldBeTrue(call.Id);
                Identifier().IsMatch(call.Name).ShouldBeTrue(call.Name);
                call.Input.ValueKind.ShouldBe(JsonValueKind.Object);
                ids.Add(call.Id).ShouldBeTrue("a call id stands twice");
                open.Add(call.Id);
                break;
            case PromptBlock.ToolResult result:
                role.ShouldBe(PromptRole.User);
                hasTools.ShouldBeTrue();
                result.Value.ShouldNotBeNullOrWhiteSpace();
                break;
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex Identifier();
}
