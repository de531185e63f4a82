import Synchronization

/// Says that the library's turn is held. What changes own files, on the disk or in the list, asks for it: without it such a
/// call does not compile.
public struct UnderTurn: ~Copyable, Sendable {
    fileprivate init() {}

    /// The catalogue whose turn this task holds.
    @TaskLocal fileprivate static var holder: ObjectIdentifier?
}

/// What a transaction has changed.
public enum CatalogueChange: Sendable {
    /// The own list: what peers are told.
    case ownList
    /// Something else that a person may be shown.
    case rest
}

/// The one door for changing what this node holds.
extension CatalogueDatabase {
    /// Does `body` while nobody else changes own files: what the catalogue says of a file and what stands on the disk change
    /// together, and nobody sees the one without the other. Words need no turn: no file changes with them.
    ///
    /// It goes on to its end when the task that asked is cancelled: between the disk and the catalogue nothing may be given
    /// up half done. So it is to be short. Who observes is told at its end, whatever it changed. A change within a
    /// change is a mistake, which would wait for itself: the program ends there instead.
    public func change<T: Sendable>(
        _ body: @escaping @Sendable (borrowing UnderTurn) async throws -> T
    ) async throws -> T {
        precondition(UnderTurn.holder != ObjectIdentifier(self), "a change within a change")
        return try await Task { [turn] in
            defer { tell() }
            return try await turn.take {
                try await UnderTurn.$holder.withValue(ObjectIdentifier(self)) {
                    let held = UnderTurn()
                    return try await body(held)
                }
            }
        }.value
    }

    /// Has `observer` told of each change, after it is durable: at the end of a ``change(_:)``, and after each transaction
    /// outside of one. There is one observer.
    public func observe(_ observer: @escaping @Sendable (CatalogueChange) -> Void) {
        telling.withLock { $0.observer = observer }
    }

    /// Whom to tell, and what they know.
    struct Telling {
        var observer: (@Sendable (CatalogueChange) -> Void)?
        /// ``Digests/ownVersion`` as it was told last.
        var told: UInt64 = 0
        /// Whether there was a transaction since.
        var isDue = false
    }

    /// Tells of a transaction that is over; within a ``change(_:)`` its end does.
    func transactionEnded() {
        telling.withLock { $0.isDue = true }
        if UnderTurn.holder != ObjectIdentifier(self) { tell() }
    }

    private func tell() {
        let (observer, isOwn, isDue) = telling.withLock { telling in
            // Under this lock: a version that was read before it may be an earlier one than that which was told meanwhile.
            let version = digests.withLock { $0.ownVersion }
            defer { (telling.told, telling.isDue) = (version, false) }
            return (telling.observer, telling.told != version, telling.isDue)
        }
        if isOwn { observer?(.ownList) } else if isDue { observer?(.rest) }
    }
}
