using Holdfast.Storage;
using Shouldly;
using Xunit;

namespace Holdfast.Tests.Storage;

public sealed class StorageOptionsTests
{
    private readonly StorageOptionsValidator _validator = new();
    private readonly StorageOptions _options = new() { ConnectionString = "UseDevelopmentStorage=true" };

    [Fact]
    public void Validate_WhenOnlyTheConnectionStringIsSet_Succeeds() => Failures().ShouldBeEmpty();

    [Fact]
    public void Validate_WhenOnlyTheUriIsSet_Succeeds()
    {
        _options.ConnectionString = null;
        _options.BlobServiceUri = new Uri("https://account.blob.core.windows.net");

        Failures().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("UseDevelopmentStorage=true", "https://account.blob.core.windows.net")]
    public void Validate_WhenNotExactlyOneAddressIsSet_Fails(string? connectionString, string? uri)
    {
        _options.ConnectionString = connectionString;
        _options.BlobServiceUri = uri is null ? null : new Uri(uri);

        Failures().ShouldContain(failure => failure.Contains("exactly one", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_WhenTheUriIsNotHttps_Fails()
    {
        _options.ConnectionString = null;
        _options.BlobServiceUri = new Uri("http://127.0.0.1:10000/devstoreaccount1");

        Failures().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Holdfast")]
    [InlineData("hold--fast")]
    [InlineData("-holdfast")]
    [InlineData("hold_fast")]
    public void Validate_WhenTheContainerIsNoContainerName_Fails(string container)
    {
        _options.Container = container;

        Failures().ShouldNotBeEmpty();
    }

    [Fact]
    public void Validate_WhenARangeIsLeft_NamesTheOption()
    {
        _options.NetworkTimeout = TimeSpan.Zero;
        _options.MaxRetries = 11;
        _options.ListPageSize = 0;

        var failures = Failures();
        failures.ShouldContain(failure => failure.Contains(nameof(StorageOptions.NetworkTimeout), StringComparison.Ordinal));
        failures.ShouldContain(failure => failure.Contains(nameof(StorageOptions.MaxRetries), StringComparison.Ordinal));
        failures.ShouldContain(failure => failure.Contains(nameof(StorageOptions.ListPageSize), StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_WhenTheLongestPauseIsBelowTheFirst_Fails()
    {
        _options.RetryDelay = TimeSpan.FromSeconds(3);

        Failures().ShouldHaveSingleItem();
    }

    private List<string> Failures() => [.. _validator.Validate(null, _options).Failures ?? []];
}
