namespace Holdfast.Embedded.Hosting;

/// <summary>The application cannot start as it is. The message names the method, setting or file and line at fault.</summary>
public sealed class HostStartException(string message, Exception? inner = null) : Exception(message, inner);
