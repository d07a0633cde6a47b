using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Tools;

/// <summary>The working folder of a session's tools.</summary>
internal static class SessionFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Where it is: named by a hash, so that no session id can point out of the root.</summary>
    public static string PathOf(string root, string sessionId) =>
        Path.Combine(root, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sessionId)))[..32]);

    /// <summary>
    /// Creates it where it is not there, for this user alone. It may be gone at the next call: another machine has none of it.
    /// </summary>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public static string Ensure(string root, string sessionId)
    {
        var path = PathOf(root, sessionId);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }

        return path;
    }
}
