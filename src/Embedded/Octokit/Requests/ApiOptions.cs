namespace Octokit;

/// <summary>Which pages of a listing are fetched.</summary>
public class ApiOptions
{
    /// <summary>All pages, of the API's own size.</summary>
    public static ApiOptions None { get; } = new();

    /// <summary>The first page, counted from 1.</summary>
    public int? StartPage { get; set; }

    /// <summary>How many pages at most.</summary>
    public int? PageCount { get; set; }

    /// <summary>Items per page; the API takes 100 at most and 30 when it is not told.</summary>
    public int? PageSize { get; set; }
}
