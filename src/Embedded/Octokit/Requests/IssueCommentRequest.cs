using System.Globalization;
using Octokit.Internal;

namespace Octokit;

/// <summary>Order and start of a listing of comments.</summary>
public class IssueCommentRequest
{
    public IssueCommentSort Sort { get; set; } = IssueCommentSort.Created;

    public SortDirection Direction { get; set; } = SortDirection.Ascending;

    /// <summary>Only comments updated at this second or later.</summary>
    public DateTimeOffset? Since { get; set; }

    internal Dictionary<string, string> Parameters()
    {
        var parameters = new Dictionary<string, string>
        {
            ["sort"] = EnumWords.Write(Sort),
            ["direction"] = EnumWords.Write(Direction),
        };
        if (Since is { } since)
        {
            parameters["since"] = since.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        }

        return parameters;
    }
}

/// <summary>What comments are ordered by.</summary>
public enum IssueCommentSort
{
    [Parameter(Value = "created")]
    Created,

    [Parameter(Value = "updated")]
    Updated,
}

/// <summary>Which end comes first.</summary>
public enum SortDirection
{
    [Parameter(Value = "asc")]
    Ascending,

    [Parameter(Value = "desc")]
    Descending,
}
