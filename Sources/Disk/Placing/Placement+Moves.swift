public import Model
import SystemPackage

extension Placement {
    /// One file of a batch that gets another name.
    public struct Move: Sendable, Hashable {
        public var known: KnownFile
        public var target: RelativePath
        /// What it is called in `incoming` where it has to step aside, of ``Placement/movingName(for:)``.
        public var name: String

        public init(known: KnownFile, target: RelativePath, name: String) {
            self.known = known
            self.target = target
            self.name = name
        }
    }

    /// A name in `incoming` for a file that steps aside while others take its place, no two alike. Write it down
    /// durably before: after a crash the file is found again by it.
    public static func movingName(for path: RelativePath) -> String {
        let dot = path.name.lastIndex(of: ".") ?? path.name.endIndex
        let ending = path.isReduced ? RelativePath.reducedSuffix : String(path.name[dot...])
        return randomName(ending: (ending.utf8.count > 32 ? "" : ending) + LeftOver.moving)
    }

    /// Gives several files other names: these may be swapped and passed around, one file of each circle steps aside for
    /// a moment. Durable on return; each folder is synced once.
    ///
    /// Nothing is overwritten, and only the files meant are moved. No two may have the same target.
    ///
    /// - Returns: for each, in order, where it stands now, or why it did not move. One whose circle could not be closed
    ///   may stand at neither of its names, but beside its old one.
    /// - Throws: when a folder could not be synced; where the files stand then, a look at them tells.
    public func move(_ moves: [Move]) throws(DiskError) -> [Result<KnownFile, DiskError>] {
        var batch = MoveBatch(library, moves)
        try batch.run()
        let folders = Set(moves.map { FolderName($0.known.path.folder) })
        for folder in folders where !folder.path.isEmpty { prune(folder.path) }
        return batch.results
    }

    /// Gives a file that had stepped aside when the agent ended a name in the library again: the first of `paths` that is
    /// free, else one beside the last. Durable on return.
    ///
    /// - Returns: where it stands; nil when no file has that name in `incoming`.
    public func returnMoving(_ name: String, to paths: [RelativePath]) throws(DiskError) -> KnownFile? {
        let incoming = try library.folders.make(StoreFolder.incoming.path, synced: true)
        let status: FileStatus
        do {
            status = try calls.status(incoming.number, name)
        } catch  where error == .noSuchFileOrDirectory {
            return nil
        } catch {
            throw .status(error, name)
        }
        var paths = paths
        if let last = paths.last { paths += (1...1000).map { last.disambiguated(by: "kept", attempt: $0) } }
        for path in paths {
            do throws(DiskError) {
                var way = try Relocation(library, status.identity, from: .init(.incoming, name), to: .init(path))
                return KnownFile(path: path, identity: try way.complete())
            } catch  where error.code == .exists || error.code == .notAFolder || error.code == .badName {}
        }
        throw DiskError(
            code: .exists,
            message: "Every name for a file in '\(StoreFolder.incoming.path)' is taken; it is kept there as '\(name)'.",
            path: "\(StoreFolder.incoming.path)/\(name)", isRetryable: true)
    }
}

/// A batch of renames under way.
private struct MoveBatch {
    private let library: LibraryFolder
    private let moves: [Placement.Move]
    private(set) var results: [Result<KnownFile, DiskError>] = []
    private var folders: [FolderName: OpenFolder] = [:]
    /// Folders that names were added to, and that names were taken from.
    private var gained: Set<FolderName> = []
    private var lost: Set<FolderName> = []

    /// Folders that are kept open at a time.
    private static let most = 64

    init(_ library: LibraryFolder, _ moves: [Placement.Move]) {
        self.library = library
        self.moves = moves
        results = moves.map { .success($0.known) }
    }

    mutating func run() throws(DiskError) {
        let sources = Dictionary(moves.indices.map { (moves[$0].known.path, $0) }) { first, _ in first }
        // Who wants the name that this one has.
        var heir: [Int: Int] = [:]
        var waits: Set<Int> = []
        for index in moves.indices {
            if let owner = sources[moves[index].target], owner != index {
                heir[owner] = index
                waits.insert(index)
            }
        }
        var done: Set<Int> = []
        // Chains, from the end whose name is free: each makes room for the next.
        for index in moves.indices where !waits.contains(index) {
            var next: Int? = index
            while let current = next {
                results[current] = rename(moves[current])
                done.insert(current)
                next = heir[current]
            }
        }
        for index in moves.indices where !done.contains(index) {
            var circle = [index]
            while let next = heir[circle[circle.count - 1]], next != index { circle.append(next) }
            done.formUnion(circle)
            turn(circle)
        }
        try sync()
    }

    /// Passes the names of a circle on: the first wants the last one's name, each other that of the one before it.
    private mutating func turn(_ circle: [Int]) {
        let first = moves[circle[0]]
        var trail: [Int] = []
        do throws(DiskError) {
            let aside = try stepAside(first)
            for index in circle.dropFirst() {
                switch rename(moves[index]) {
                case .success(let known):
                    results[index] = .success(known)
                    trail.append(index)
                case .failure(let error): throw error
                }
            }
            results[circle[0]] = .success(try stepBack(first, aside, to: first.target))
        } catch {
            // All of them go back, or none is moved.
            for index in trail.reversed() {
                let move = moves[index]
                guard case .success(let known) = results[index] else { continue }
                let back = Placement.Move(known: known, target: move.known.path, name: move.name)
                if case .success = rename(back) { results[index] = .failure(error) }
            }
            for index in circle where !trail.contains(index) { results[index] = .failure(error) }
            if let kept = try? Placement(library: library).returnMoving(first.name, to: [first.known.path]),
                kept.path != first.known.path
            {
                results[circle[0]] = .success(kept)
            }
        }
    }

    private mutating func rename(_ move: Placement.Move) -> Result<KnownFile, DiskError> {
        do throws(DiskError) {
            let (source, target) = try open(move.known.path.folder, move.target.folder)
            var moved = move.known
            moved.path = move.target
            do throws(DiskError) {
                moved.identity = try rename(
                    move.known, source.number, move.known.path.name, target.number, move.target.name)
            } catch  where error.code == .exists {
                // Where case does not count, a file's own name is in the way of its new one.
                let there = try library.folders.status(target.number, move.target.name, move.target.description)
                guard there.identity == move.known.identity, there.links == 1 else { throw error }
                let aside = try stepAside(move)
                do throws(DiskError) { moved = try stepBack(move, aside, to: move.target) } catch {
                    // Where it was, or beside that: never out of sight.
                    let kept = try Placement(library: library).returnMoving(move.name, to: [move.known.path])
                    guard let kept, kept.path != move.known.path else { throw error }
                    return .success(kept)
                }
            }
            lost.insert(FolderName(move.known.path.folder))
            gained.insert(FolderName(move.target.folder))
            return .success(moved)
        } catch {
            return .failure(error)
        }
    }

    /// Renames a file, and makes sure that it was the one meant; another one goes back.
    ///
    /// - Returns: what tells it from now on: the rename has changed its ctime.
    private func rename(
        _ known: KnownFile, _ source: Int32, _ name: String, _ target: Int32, _ newName: String
    ) throws(DiskError) -> FileIdentity {
        let path = known.path.description
        let there = try library.folders.status(source, name, path)
        guard there.kind == .regular, known.identity.isStill(there.identity) else { throw .changed(known.path) }
        do {
            try Rename.withoutReplacing(source, name, target, newName, library.calls)
        } catch {
            throw .rename(error, path, to: newName)
        }
        if let there = try? library.calls.status(target, newName), there.kind == .regular,
            there.identity == known.identity
        {
            return there.identity
        }
        try? Rename.withoutReplacing(target, newName, source, name, library.calls)
        throw .changed(known.path)
    }

    private mutating func stepAside(_ move: Placement.Move) throws(DiskError) -> FileIdentity {
        let (source, incoming) = try open(move.known.path.folder, StoreFolder.incoming.path)
        let aside = try rename(move.known, source.number, move.known.path.name, incoming.number, move.name)
        lost.insert(FolderName(move.known.path.folder))
        gained.insert(FolderName(StoreFolder.incoming.path))
        return aside
    }

    private mutating func stepBack(
        _ move: Placement.Move, _ aside: FileIdentity, to path: RelativePath
    ) throws(DiskError) -> KnownFile {
        let (incoming, target) = try open(StoreFolder.incoming.path, path.folder)
        let known = KnownFile(path: move.known.path, identity: aside)
        let identity = try rename(known, incoming.number, move.name, target.number, path.name)
        gained.insert(FolderName(path.folder))
        return KnownFile(path: path, identity: identity)
    }

    private mutating func open(_ first: String?, _ second: String?) throws(DiskError) -> (OpenFolder, OpenFolder) {
        if folders.count + 2 > Self.most { folders = [:] }
        let source = try open(FolderName(first), making: false)
        let target = try open(FolderName(second), making: true)
        return (source, target)
    }

    private mutating func open(_ name: FolderName, making: Bool) throws(DiskError) -> OpenFolder {
        if let folder = folders[name] { return folder }
        let folder = OpenFolder(
            making ? try library.folders.make(name.path, synced: true) : try library.folders.open(name.path))
        folders[name] = folder
        return folder
    }

    /// Makes the new names durable, and then the ends of the old ones: after a power cut there may be both, never none.
    private func sync() throws(DiskError) {
        for name in gained.sorted() {
            let folder = try library.folders.open(name.path)
            try library.folders.sync(folder.number, name.path)
        }
        for name in lost.subtracting(gained).sorted() {
            do throws(DiskError) {
                let folder = try library.folders.open(name.path)
                try library.folders.sync(folder.number, name.path)
            } catch  where error.code == .notFound {
                // It was empty, and somebody has removed it.
            }
        }
    }
}
