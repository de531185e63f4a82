import UnixSignals

/// Running something that a person may interrupt, and that then cleans up after itself.
enum Interruptible {
    /// Runs `body`, cancelled by SIGINT, SIGTERM and SIGHUP; throws `CancellationError` then.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in signals { return nil }
                return nil
            }
            defer { group.cancelAll() }
            while let finished = try await group.next() {
                if let result = finished { return result }
                group.cancelAll()
                // Clean-up is part of the body: it is waited for.
                _ = try await group.next()
                throw CancellationError()
            }
            throw CancellationError()
        }
    }
}
