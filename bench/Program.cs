using Holdfast.Bench;
using Holdfast.Bench.Engine;
using Holdfast.Bench.Stage;

return args switch
{
    // The bench's own helpers, each a process: what they cost must not be in another's figures.
    ["reader", var address, var count] => await BareReader.RunAsync(new Uri(address), int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)),
    ["engine", .. var rest] => await EngineHost.RunAsync(rest),
    _ => await BenchRun.RunAsync(args),
};
