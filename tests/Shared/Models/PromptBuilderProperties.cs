using System.Text.Json;
using Holdfast.Models;
using Holdfast.Models.Prompts;
using Holdfast.Sessions;
using Holdfast.Transcripts;
using Shouldly;
using Xunit;
using static Holdfast.Tests.Models.PromptSamples;

namespace Holdfast.Tests.Models;

/// <summary>Random conversations, seeded: whatever stands in a transcript, the prompt is acceptable.</summary>
public sealed class PromptBuilderProperties
{
    private static readonly string[] Runs = [Run, "fedcba9876543210fedcba9876543210.1", "side"];
    private static readonly string[] Texts = ["", " ", "\n", "a", "some text", new string('y', 3_000)];
    private static readonly string[] Arguments = ["{}", """{"a":[1,"b"]}""", "[]", "null", "\"half"];

    [Fact]
    public void Build_WhateverStandsInTheTranscript_IsAcceptable()
    {
        for (var seed = 0; seed < 4_000; seed++)
        {
            var random = new Random(seed);
            var entries = Entries(random, random.Next(1, 60));
            var settings = Settings with
            {
                Tools = random.Next(4) == 0 ? [] : Settings.Tools,
                ContextTokens = 4_000 + random.Next(1, 8_000),
                CurrentRun = random.Next(5) == 0 ? null : RunId.Parse(Run),
            };
            var conversation = Conversation([.. entries, User("the last word", Run)]);

            var prompt = PromptBuilder.Build(conversation, settings);

            Should.NotThrow(() => AcceptableToModelApi.Check(prompt), $"seed {seed}");
            prompt.Messages[^1].Blocks[^1].ShouldBe(new PromptBlock.Text("the last word"), $"seed {seed}");
            PromptBuilder.Build(conversation, settings).Lines().ShouldBe(prompt.Lines(), $"seed {seed}");
        }
    }

    [Fact]
    public void Build_InTheMiddleOfAToolLoop_IsAcceptableAndKeepsTheLoop()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var loop = new List<TranscriptEntry> { User("the question", Run) };
            for (var step = random.Next(1, 6); step > 0; step--)
            {
                var ids = Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"s{step}-{random.Next(3)}").ToArray();
                loop.Add(Calls(Run, ids));
                loop.AddRange(ids.Where(_ => random.Next(5) > 0).Select(id => Result(id, Texts[random.Next(Texts.Length)], Run)));
                if (random.Next(4) == 0)
                {
                    loop.Add(User("steer", "side", EntrySource.Inject));
                }
            }

            var prompt = PromptBuilder.Build(
                Conversation([.. Entries(random, random.Next(0, 40)), Assistant("an answer", Runs[1]), .. loop]),
                Settings with { ContextTokens = 4_000 + random.Next(1, 2_000) });

            Should.NotThrow(() => AcceptableToModelApi.Check(prompt), $"seed {seed}");
            prompt.Messages.SelectMany(message => message.Blocks).ShouldContain(new PromptBlock.Text("the question"), $"seed {seed}");
        }
    }

    private static List<TranscriptEntry> Entries(Random random, int count)
    {
        var entries = new List<TranscriptEntry>();
        while (entries.Count < count)
        {
            entries.Add(Entry(random, entries));
        }

        return entries;
    }

    private static TranscriptEntry Entry(Random random, List<TranscriptEntry> before)
    {
        var run = Runs[random.Next(Runs.Length)];
        var source = random.Next(8) == 0 ? EntrySource.Mirror : EntrySource.Turn;
        return random.Next(12) switch
        {
            0 or 1 or 2 => User(Text(random), run, source),
            3 or 4 or 5 => With(Assistant(run, random.Next(6) == 0 ? "error" : "stop", [.. Blocks(random)]), run, source),
            6 or 7 or 8 => Result($"c{random.Next(4)}", Text(random), run, random.Next(2) == 0),
            9 => Custom(Text(random)),
            10 => Compaction(Text(random), before.Count > 0 && random.Next(2) == 0 ? before[random.Next(before.Count)].Id : null),
            _ => Partial(Text(random)),
        };
    }

    private static IEnumerable<ContentBlock> Blocks(Random random)
    {
        for (var left = random.Next(0, 5); left > 0; left--)
        {
            yield return random.Next(5) switch
            {
                0 or 1 => new ContentBlock.Text(Text(random)),
                2 => new ContentBlock.Thinking(Text(random), random.Next(2) == 0 ? "sig" : null),
                3 => new ContentBlock.ToolCall(
                    random.Next(6) == 0
                        ? "bad id!" : $"c{random.Next(4)}", random.Next(6) == 0 ? ""
                        : "exec", Json(Arguments[random.Next(Arguments.Length)])),
                _ => new ContentBlock.Unknown("image"),
            };
        }
    }

    private static JsonElement Json(string text) => text.StartsWith("\"half", StringComparison.Ordinal) ? default : JsonElement.Parse(text);

    private static string Text(Random random) => Texts[random.Next(Texts.Length)];
}
