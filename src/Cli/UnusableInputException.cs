namespace Holdfast.Cli;

/// <summary>What the command was given cannot be worked with; the message says why, for the person who gave it.</summary>
internal sealed class UnusableInputException(string message) : Exception(message);
