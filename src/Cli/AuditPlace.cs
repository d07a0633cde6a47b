using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Holdfast.Audit;
using Holdfast.Sessions;
using Holdfast.Storage;
using Holdfast.Storage.AzureBlobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Holdfast.Cli;

/// <summary>Where the transcripts to audit are: files, or a container.</summary>
/// <param name="Session">A session's key or id; only for a container.</param>
internal sealed record AuditPlace(IReadOnlyList<string> Paths, string? Storage, Uri? AccountUrl, string Container, string? Session)
{
    /// <exception cref="UnusableInputException">Nothing can be audited there.</exception>
    public IAsyncEnumerable<(string Source, AuditReport Report)> AuditAsync(CancellationToken cancellationToken) =>
        (Paths.Count > 0, Storage is not null || AccountUrl is not null) switch
        {
            (true, true) => throw new UnusableInputException("Give paths or a storage account, not both."),
            (true, false) when Session is not null => throw new UnusableInputException(
                "--session picks from a storage account; give the session's folder instead."),
            (true, false) => FilesAsync(cancellationToken),
            (false, true) => BlobsAsync(cancellationToken),
            _ => throw new UnusableInputException("Give a path, or --storage or --account-url."),
        };

    private async IAsyncEnumerable<(string Source, AuditReport Report)> FilesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var session in AuditedFiles.Find(Paths))
        {
            yield return (session.Source, TranscriptAudit.Check(await session.ReadAsync(cancellationToken)));
        }
    }

    private async IAsyncEnumerable<(string Source, AuditReport Report)> BlobsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var blobs = Open();
        var audit = new SessionAudit(blobs);
        if (Session is not null)
        {
            var session = await FindAsync(blobs, Session, cancellationToken);
            var report = await audit.AuditAsync(session, cancellationToken)
                ?? throw new UnusableInputException($"Session {session} has no transcript in container {Container}.");
            yield return ($"sessions/{session}", report);
            yield break;
        }

        await foreach (var report in audit.AuditAllAsync(cancellationToken))
        {
            yield return ($"sessions/{report.Session}", report);
        }
    }

    private AzureBlobContainer Open()
    {
        var options = new StorageOptions { ConnectionString = Storage, BlobServiceUri = AccountUrl, Container = Container };
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true))
        {
            throw new UnusableInputException(string.Join(' ', faults.Select(fault => fault.ErrorMessage)));
        }

        try
        {
            return new AzureBlobContainer(Options.Create(options), NullLogger<AzureBlobContainer>.Instance);
        }
        catch (FormatException)
        {
            throw new UnusableInputException("The connection string cannot be read.");
        }
    }

    private static async Task<SessionId> FindAsync(IBlobContainer blobs, string session, CancellationToken cancellationToken)
    {
        if (SessionId.TryParse(session) is { } id)
        {
            return id;
        }

        var key = SessionKey.TryParse(session) ?? throw new UnusableInputException($"{session} is neither a session id nor a session key.");
        return await new SessionDirectory(blobs, IdSource.System).FindAsync(key, cancellationToken) is { } record
            ? record.SessionId
            : throw new UnusableInputException($"There is no session {session}.");
    }
}
