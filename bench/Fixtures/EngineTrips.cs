using System.Globalization;
using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Holdfast.Bench.Fixtures;

/// <summary>
/// What the durable engine asks of queues and tables for a session that is signalled and runs one activity: its calls in its order, without
/// the engine. Same clients, bodies of the same order of size. Taken from a recorded turn, as row 4 prints one.
/// </summary>
internal sealed class EngineTrips(string connectionString, string name)
{
    /// <summary>Rows of the history that a session has gathered half-way to its next cut.</summary>
    private const int HistoryRows = 24;

    /// <summary>Rows that one look adds: started, event raised, activity scheduled, completed.</summary>
    private const int RowsPerLook = 5;

    private static readonly TimeSpan Hidden = TimeSpan.FromSeconds(60);
    private static readonly string Message = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('m', 900)));
    private static readonly string Column = new('c', 60);
    private readonly QueueClient _control = new(connectionString, name + "-control");
    private readonly QueueClient _workItems = new(connectionString, name + "-workitems");
    private readonly TableClient _history = new(connectionString, name + "history");
    private readonly TableClient _instances = new(connectionString, name + "instances");
    private QueueMessage? _signal;
    private QueueMessage? _workItem;

    public async Task PrepareAsync()
    {
        await _control.CreateAsync();
        await _workItems.CreateAsync();
        await _history.CreateAsync();
        await _instances.CreateAsync();
        await _instances.UpsertEntityAsync(Row("instance", ""), TableUpdateMode.Replace);
        await WriteHistoryAsync(HistoryRows);
    }

    /// <summary>The endpoint's part: is there an instance, and the event for it.</summary>
    public async Task SignalAsync()
    {
        await _instances.GetEntityIfExistsAsync<TableEntity>("instance", "");
        await _control.SendMessageAsync(Message);
    }

    /// <summary>Until the activity is in the worker's hands: the event, the history, the activity's message sent and taken.</summary>
    /// <returns>What the engine goes on to write meanwhile.</returns>
    public async Task<Task> DispatchAsync()
    {
        _signal = await TakeAsync(_control);
        await foreach (var row in _history.QueryAsync<TableEntity>(row => row.PartitionKey == "instance"))
        {
            _ = row;
        }

        await _workItems.SendMessageAsync(Message);
        var rest = RecordAsync();
        _workItem = await TakeAsync(_workItems);
        return rest;
    }

    /// <summary>What is left of the activity's message, so that the next round starts like this one.</summary>
    public async Task TidyAsync() => await _workItems.DeleteMessageAsync(_workItem!.MessageId, _workItem.PopReceipt);

    private async Task RecordAsync()
    {
        await WriteHistoryAsync(RowsPerLook);
        await _instances.UpdateEntityAsync(Row("instance", ""), Azure.ETag.All, TableUpdateMode.Merge);
        await _control.DeleteMessageAsync(_signal!.MessageId, _signal.PopReceipt);
    }

    private async Task WriteHistoryAsync(int rows) => await _history.SubmitTransactionAsync(
        Enumerable.Range(0, rows).Select(row => new TableTransactionAction(
            TableTransactionActionType.UpsertReplace, Row("instance", row.ToString("X16", CultureInfo.InvariantCulture)))));

    private static async Task<QueueMessage> TakeAsync(QueueClient queue) =>
        (await queue.ReceiveMessagesAsync(32, Hidden)).Value is [var message, ..]
            ? message
            : throw new InvalidOperationException("The bench's own message is gone.");

    private static TableEntity Row(string partition, string row)
    {
        var entity = new TableEntity(partition, row);
        for (var column = 0; column < 6; column++)
        {
            entity[string.Create(CultureInfo.InvariantCulture, $"Column{column}")] = Column;
        }

        return entity;
    }
}
