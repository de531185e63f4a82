public import Model
public import Planning
import SystemPackage

extension Placement {
    /// Evicts a main: removes it for good, against the proof that others hold it (S2). Durable on return.
    ///
    /// It is taken out of the library first, so that nobody changes it any more, and is looked at there; the proof is
    /// spent at the last moment before the unlink. Its reduced copy must stand synced before (S4): that is the caller's
    /// part.
    ///
    /// After any error the main stays, and is at its path again, or, where that is taken or the disk refuses, still in
    /// `incoming`: follow every error by ``returnEvicting(_:to:)``. The proof is spent then, if it came to that.
    ///
    /// - Parameters:
    ///   - known: the main. The path of a reduced copy throws ``DiskError/Code/changed``.
    ///   - image: what the main is.
    ///   - now: the evictor's monotonic time, asked for once.
    /// - Throws: ``DiskError/Code/notProven`` when the proof is not good; ``DiskError/Code/changed`` when another file
    ///   stands there; ``DiskError/Code/locked`` when a main of this image waits for its return.
    public func evict(
        _ known: KnownFile, of image: ImageID, with proof: EvictionProof, now: () -> Duration
    ) throws(DiskError) {
        guard !known.path.isReduced else { throw .changed(known.path) }
        let name = LeftOver.name(evicting: image)
        var way = try Relocation(library, known.identity, from: .init(known.path), to: .init(.incoming, name))
        do throws(DiskError) {
            try way.start()
        } catch  where error.code == .exists {
            throw .evictingAlready(known.path)
        }
        do throws(DiskError) {
            // Synced while it can still go back; what remains after the unlink is the unlink.
            try way.sync()
            // A program that had it open may have written to it; one that puts the times back shows by the ctime.
            try way.look()
            guard proof.spend(on: image, at: now()) else { throw .notProven(known.path) }
            do { try calls.unlink(way.target.number, name, folder: false) } catch {
                throw .unlink(error, known.path.description)
            }
        } catch {
            throw way.goBack() ? error : error.stranded()
        }
        // Gone is gone. Should a power cut bring it back, the next start finds it here, and it returns.
        try? library.folders.sync(way.target.number, way.to.folder)
    }

    /// Gives a main that was being evicted when the agent ended, or that an error kept from going back, its place again.
    /// Durable on return.
    ///
    /// - Parameter path: where it was. When another file is there by now, it gets the first free name of
    ///   `NAME (kept).ext`, `NAME (kept 2).ext`, … beside it.
    /// - Returns: false when no main of this image was being evicted.
    /// - Throws: ``DiskError``; the main is still in `incoming` then. One that stays (``DiskError/Code/notAFolder``: a
    ///   file or link stands where its folder was) is mended by another path.
    @discardableResult
    public func returnEvicting(_ image: ImageID, to path: RelativePath) throws(DiskError) -> Bool {
        let name = LeftOver.name(evicting: image)
        let incoming = try library.folders.make(StoreFolder.incoming.path, synced: true)
        let status: FileStatus
        do {
            status = try calls.status(incoming.number, name)
        } catch  where error == .noSuchFileOrDirectory {
            return false
        } catch {
            throw .status(error, path.description)
        }
        var target = path
        for attempt in 1...Self.keptNames {
            do throws(DiskError) {
                var way = try Relocation(library, status.identity, from: .init(.incoming, name), to: .init(target))
                try way.complete()
                return true
            } catch  where error.code == .exists {
                if try isSecondName(status, at: target) {
                    try dropEvicting(name, in: incoming.number, path)
                    return true
                }
            }
            target = path.disambiguated(by: "kept", attempt: attempt)
        }
        throw DiskError(
            code: .exists,
            message: "Every name for '\(path)', which is in '\(StoreFolder.incoming.path)' for now, is taken; "
                + "rename the files that stand there.",
            path: path.description, isRetryable: true)
    }

    /// Names that are tried for a main whose path is taken. Where all of these are, something else is amiss.
    private static let keptNames = 1000

    /// Whether the file has this name too: so it is where the file system cannot rename without replacing, and a crash
    /// came between the second name and the end of the first.
    private func isSecondName(_ status: FileStatus, at path: RelativePath) throws(DiskError) -> Bool {
        guard status.links > 1 else { return false }
        return try library.find(path)?.identity == status.identity
    }

    private func dropEvicting(_ name: String, in incoming: Int32, _ path: RelativePath) throws(DiskError) {
        let folder = try library.folders.open(path.folder ?? "")
        try library.folders.sync(folder.number, path.folder ?? "")
        do { try calls.unlink(incoming, name, folder: false) } catch { throw .unlink(error, path.description) }
        try? library.folders.sync(incoming, StoreFolder.incoming.path)
    }
}

extension DiskError {
    fileprivate static func notProven(_ path: RelativePath) -> DiskError {
        DiskError(
            code: .notProven,
            message: "'\(path)' was not evicted, because the proof that other nodes hold it was no longer good; "
                + "they are asked again.",
            path: path.description, isRetryable: true)
    }

    fileprivate static func evictingAlready(_ path: RelativePath) -> DiskError {
        DiskError(
            code: .locked,
            message: "'\(path)' was not evicted, because an eviction of the same image was interrupted; "
                + "its main goes back to its place first.",
            path: path.description, isRetryable: true)
    }

    /// The same, of a main that could not go back to its path.
    fileprivate func stranded() -> DiskError {
        var error = self
        error.message =
            "\(message.hasSuffix(".") ? String(message.dropLast()) : message); its main is kept in "
            + "'\(StoreFolder.incoming.path)', and goes back to its folder from there."
        return error
    }
}
