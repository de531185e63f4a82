extension AsyncThrowingStream where Failure == any Error {
    /// A stream of what `body` yields; it ends when `body` does, or with its error.
    ///
    /// The one place where a task begins outside the tree of structured ones: the reader of a stream is not its maker's
    /// child. The task ends with the stream, because whoever stops reading cancels it.
    static func running(_ body: @escaping @Sendable (Continuation) async throws -> Void) -> Self {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    try await body(continuation)
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
