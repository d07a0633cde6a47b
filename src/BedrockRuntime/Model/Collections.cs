namespace Amazon.BedrockRuntime.Model;

/// <summary>The SDK's rule for collections nobody set: null, or empty when the process asks for the older behaviour.</summary>
internal static class Collections
{
    public static List<T> NewList<T>() => AWSConfigs.InitializeCollections ? [] : null;

    public static Dictionary<string, T> NewMap<T>() => AWSConfigs.InitializeCollections ? [] : null;

    /// <summary>True if the collection is to be sent: an empty one is, unless it is empty by default.</summary>
    public static bool IsSet<T>(ICollection<T> collection)
        => collection is not null && (collection.Count > 0 || !AWSConfigs.InitializeCollections);
}
