using Holdfast.Bench;
using Holdfast.Bench.Fixtures;

return args switch
{
    // The bench's own helpers, each a process: what they cost must not be in another's figures.
    ["reader", var address, var count] =>
        await BareReader.RunAsync(new Uri(address), int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)),
    _ => await BenchRun.RunAsync(args),
};
