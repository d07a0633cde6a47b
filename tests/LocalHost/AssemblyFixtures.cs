using Holdfast.Tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedAzurite))]
