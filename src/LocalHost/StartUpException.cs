namespace Holdfast.LocalHost;

/// <summary>
/// Why the host does not start, or cannot go on. The message is for whoever started it: it names the file, setting or process.
/// </summary>
internal sealed class StartUpException(string message, Exception? cause = null) : Exception(message, cause);
