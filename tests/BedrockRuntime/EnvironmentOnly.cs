using Xunit;

namespace Holdfast.BedrockRuntime.Tests;

/// <summary>What the environment says counts when a client is made, so nothing else runs beside tests that change it.</summary>
[CollectionDefinition(nameof(EnvironmentTests), DisableParallelization = true)]
public sealed class EnvironmentOnly;
