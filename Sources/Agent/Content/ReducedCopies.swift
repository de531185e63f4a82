import Imaging
import Model

/// Makes reduced copies, and remembers the latest.
///
/// A main that cannot be reduced is remembered too, with the reason, until its file changes: nobody tries it again and
/// again, and its main is served all the same.
actor ReducedCopies {
    /// What a reduced copy is made of, and how.
    struct Key: Hashable, Sendable {
        var image: ImageID
        var edge: Int
        var quality: Int
    }

    /// Bytes of reduced copies that are remembered: some thirty, for peers that ask for the same at the same time. The
    /// peers keep theirs on disk, so more would be memory for nothing.
    private static let room = 16_000_000

    private let pool: ReducingPool
    private var made: [Key: [UInt8]] = [:]
    private var order: [Key] = []
    private var bytes = 0
    private var failed: [ImageID: ImagingError] = [:]

    init(pool: ReducingPool) { self.pool = pool }

    /// The types of mains that reduced copies are made of.
    nonisolated var types: Set<ImageType> { pool.types }

    /// The reduced copy, from memory or made now; or only the head for one that is kept.
    func copy(
        _ key: Key, keeping kept: KeptPicture? = nil, for caller: NodeID,
        open: @escaping @Sendable () throws -> ReducingSource
    ) async throws -> [UInt8] {
        if kept == nil, let copy = made[key] { return copy }
        if let error = failed[key.image] { throw error }
        do {
            let copy = try await pool.reduce(
                fileOf: key.image, edge: key.edge, quality: key.quality, keeping: kept, for: caller, open: open)
            if KeptCopy.isWhole(copy) { remember(copy, as: key) }
            return copy
        } catch let error as ImagingError where !error.isRetryable {
            failed[key.image] = error
            throw error
        }
    }

    /// The file of `image` changed, or was given up: what is known of it counts no more.
    func forget(_ images: some Sequence<ImageID>) {
        for image in images { failed[image] = nil }
    }

    private func remember(_ copy: [UInt8], as key: Key) {
        guard made[key] == nil else { return }
        made[key] = copy
        order.append(key)
        bytes += copy.count
        while bytes > Self.room, let oldest = order.first {
            order.removeFirst()
            bytes -= made.removeValue(forKey: oldest)?.count ?? 0
        }
    }
}
