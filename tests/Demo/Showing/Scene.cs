using Holdfast.Sessions;

namespace Holdfast.Demo.Showing;

/// <summary>One message on its way through the system.</summary>
/// <param name="Name">What the lines of its progress begin with.</param>
/// <param name="SessionKey">The session that it is for.</param>
/// <param name="Turn">The turn that it became.</param>
/// <param name="ModelCalls">How often the scripted model is asked.</param>
/// <param name="Deltas">How many deltas of text the scripted model sends.</param>
internal sealed record Scene(string Name, SessionKey SessionKey, TurnId Turn, int ModelCalls, int Deltas);
