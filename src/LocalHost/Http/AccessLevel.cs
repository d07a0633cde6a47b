namespace Holdfast.LocalHost.Http;

/// <summary>Which key an endpoint asks for; endpoints carry it as metadata.</summary>
internal enum AccessLevel
{
    /// <summary>None: the endpoint verifies its callers itself, or is meant for everybody.</summary>
    Anonymous,

    /// <summary>The function key or the master key.</summary>
    Function,

    /// <summary>The extension's key or the master key.</summary>
    Extension,

    /// <summary>The master key.</summary>
    Admin,
}
