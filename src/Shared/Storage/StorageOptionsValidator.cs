using Microsoft.Extensions.Options;

namespace Holdfast.Storage;

/// <summary>Checks <see cref="StorageOptions"/>: ranges by their attributes, then the options against each other.</summary>
[OptionsValidator]
public sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>;
