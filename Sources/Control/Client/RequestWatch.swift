/// Told of the requests of a command as they go, so that it can say what it waits for.
public protocol RequestWatch: Sendable {
    /// A request of this client is on its way.
    func began(_ client: ControlClient)

    /// A message of an answer came.
    func moved()

    /// A request has been answered, or has failed.
    func ended()
}
