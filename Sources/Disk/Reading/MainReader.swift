import Crypto
public import Model

/// Reads mains again from the disk, on threads of its own: for the proofs that holds take, and for verifying.
///
/// What memory holds of a file is dropped first, so that it is the disk that answers.
public final class MainReader: Sendable {
    private let library: LibraryFolder
    private let threads: DiskThreads

    /// - Parameters:
    ///   - threads: how many files are read at once.
    ///   - idle: whether the disk and the processor are taken only when nobody else wants them, where the system can do
    ///     so: for verifying. Never for a proof: it may come too late.
    public init(library: LibraryFolder, threads: Int, idle: Bool) {
        self.library = library
        self.threads = DiskThreads(count: threads, name: idle ? "verifying" : "proving") { [calls = library.calls] in
            if idle { try? calls.setIdle() }
        }
    }

    /// Reads a main once, from front to end, in pieces of a mebibyte.
    ///
    /// With nonces, for a proof, the file and its name are synced first: what is promised to others must outlive a
    /// power cut, and a photo that a person has just copied here may be nowhere but in memory.
    ///
    /// - Throws: ``DiskError``. ``DiskError/Code/changed``, ``DiskError/Code/changedWhileRead`` and
    ///   ``DiskError/Code/notFound`` say that it is not the file known, or not any more: an edit, no damage. A disk that
    ///   cannot read its bytes is ``DiskError/Code/ioFailure``. CancellationError, also in mid-file.
    public func read(_ file: KnownFile, nonces: [Bytes32] = []) async throws -> ReadMain {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await threads.run { [library] in
                let opened = try library.open(file.path, expecting: file.identity)
                if !nonces.isEmpty { try library.sync(opened) }
                var hashers = nonces.map { nonce in
                    var hasher = SHA256()
                    hasher.update(data: nonce.bytes)
                    return hasher
                }
                let hashed = try FileHasher.hash(library, opened, fromDisk: true, ticket) { bytes in
                    for index in hashers.indices { hashers[index].update(bufferPointer: bytes) }
                }
                return ReadMain(
                    image: hashed.image, answers: hashers.map { FileHasher.name($0) },
                    identity: opened.found.identity)
            }
        } onCancel: {
            ticket.cancel()
        }
    }
}
