/// Sees every byte of a file while it is hashed, so that no file is read twice.
public protocol FileObserver: Sendable {
    /// Takes the next bytes, in order. They are valid during the call only. Called on a thread that may block.
    mutating func consume(_ chunk: UnsafeRawBufferPointer)
}

/// Sees nothing.
public struct NoObserver: FileObserver {
    public init() {}
    public func consume(_ chunk: UnsafeRawBufferPointer) {}
}
