namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a caller of an HTTP function must show. The embedded host knows one key, which serves every level.</summary>
public enum AuthorizationLevel
{
    /// <summary>Nothing.</summary>
    Anonymous = 0,

    /// <summary>A signed-in user; here the key.</summary>
    User = 1,

    /// <summary>A function key; here the key.</summary>
    Function = 2,

    /// <summary>A system key; here the key.</summary>
    System = 3,

    /// <summary>The host's master key; here the key.</summary>
    Admin = 4,
}
