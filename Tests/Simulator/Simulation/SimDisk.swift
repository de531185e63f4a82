/// Why a call to the disk, or to the catalogue on it, did not do what it should.
enum DiskFault: Error {
    case noSpace, io, unmounted, exists, notFound
}

/// A file as the disk has it now.
struct SimFile {
    var content: Content
    /// Whether the bytes outlive a crash of the machine.
    var isSynced: Bool
    var stamp: Stamp
    /// Whether a person put it there and it was not written down yet.
    var isFresh = false
}

/// One node's file system with the library on it.
///
/// Names change at once, one step each, and outlive a crash of the machine only after ``syncFolders()``: until then a
/// crash may undo the latest of them, in turn. Bytes outlive it after ``sync(_:)``.
struct SimDisk {
    /// The agent's own folders, below which no name is the library's.
    static let own = ".mainstay/"

    enum Presence { case mounted, unmounted, emptyFolder }

    /// What an agent did to the disk, for ``Ghost`` to judge.
    enum Operation {
        case renamed(from: String, to: String, SimFile)
        case removed(String, SimFile, Leave)
        case wrote(String, before: SimFile)
    }

    /// By what right an agent removes a file.
    enum Leave {
        /// A file that is not, or not yet, a picture that anyone relies on.
        case work
        /// A reduced copy whose main is here, or that was damaged.
        case reduced
        case evicted(by: EvictionTask, against: [Int])
        case purged(SimCatalogue.Aside)
        case deleted
    }

    private enum Undo {
        case created(String)
        case renamed(from: String, to: String)
        case removed(String, SimFile)
        case replaced(from: String, to: String, SimFile)
    }

    private(set) var files: [String: SimFile] = [:]
    private var undo: [Undo] = []
    private var inodes = 0
    var presence = Presence.mounted
    /// The calls until one fails, and how; nil when none will.
    var failure: (after: Int, fault: DiskFault)?
    var operations: [Operation] = []

    /// The library's files, in order.
    var library: [String] { files.keys.filter { !$0.hasPrefix(Self.own) }.sorted() }

    /// The files in one of the agent's own folders, in order.
    func names(in folder: String) -> [String] {
        let prefix = Self.own + folder + "/"
        return files.keys.filter { $0.hasPrefix(prefix) }.sorted()
    }

    /// Whether all that makes the file outlives a crash of the machine.
    func isDurable(_ path: String) -> Bool {
        guard files[path]?.isSynced == true else { return false }
        var path = path
        for change in undo.reversed() {
            switch change {
            case .created(path), .replaced(_, path, _): return false
            case .renamed(let from, path):
                // Undone, it has its former name in the library again.
                if from.hasPrefix(Self.own) { return false }
                path = from
            default: continue
            }
        }
        return true
    }

    /// Whether the library has a file with these bytes.
    func libraryHas(_ content: Content) -> Bool {
        files.contains { $0.value.content == content && !$0.key.hasPrefix(Self.own) }
    }

    // MARK: What an agent calls

    /// Fails where a call would now.
    mutating func call() throws {
        guard presence == .mounted else { throw DiskFault.unmounted }
        guard let failure else { return }
        self.failure = failure.after > 0 ? (failure.after - 1, failure.fault) : nil
        if failure.after == 0 { throw failure.fault }
    }

    mutating func read(_ path: String) throws -> SimFile {
        guard presence != .unmounted else { throw DiskFault.unmounted }
        guard presence == .mounted, let file = files[path] else { throw DiskFault.notFound }
        if failure?.fault == .io { try call() }
        return file
    }

    /// Writes a file of the agent's own, or the next part of it. Not synced.
    mutating func write(_ path: String, _ content: Content, bytes: Int64, at now: Int) throws {
        try call()
        if let before = files[path] {
            operations.append(.wrote(path, before: before))
            files[path]?.content = content
            files[path]?.isSynced = false
            files[path]?.stamp.bytes = bytes
        } else {
            undo.append(.created(path))
            files[path] = SimFile(content: content, isSynced: false, stamp: stamp(bytes, now))
        }
    }

    mutating func sync(_ path: String) throws {
        try call()
        guard files[path] != nil else { throw DiskFault.notFound }
        files[path]?.isSynced = true
    }

    mutating func syncFolders() throws {
        try call()
        undo = []
        for (path, file) in files where file.isFresh && file.isSynced { files[path]?.isFresh = false }
    }

    /// Never replaces a file.
    mutating func rename(_ from: String, to: String) throws {
        try call()
        guard files[to] == nil else { throw DiskFault.exists }
        guard let file = files.removeValue(forKey: from) else { throw DiskFault.notFound }
        files[to] = file
        undo.append(.renamed(from: from, to: to))
        operations.append(.renamed(from: from, to: to, file))
    }

    mutating func remove(_ path: String, _ leave: Leave) throws {
        try call()
        guard let file = files.removeValue(forKey: path) else { throw DiskFault.notFound }
        undo.append(.removed(path, file))
        operations.append(.removed(path, file, leave))
    }

    // MARK: What people and fate do

    /// The machine loses its power: the latest changes of names may never have been, and bytes that were not synced
    /// may be lost.
    ///
    /// - Returns: the files that people had just put there.
    mutating func crash(_ dice: inout Dice) -> [(path: String, content: Content, stamp: Stamp)] {
        let fresh = files.filter(\.value.isFresh).map {
            (path: $0.key, content: $0.value.content, stamp: $0.value.stamp)
        }
        .sorted { $0.path < $1.path }
        for _ in 0..<dice.below(undo.count + 1) {
            switch undo.removeLast() {
            case .created(let path): files[path] = nil
            case .renamed(let from, let to): files[from] = files.removeValue(forKey: to)
            case .removed(let path, let file): files[path] = file
            case .replaced(let from, let to, let old):
                if from != Self.own + "lost" { files[from] = files[to] }
                files[to] = old
            }
        }
        undo = []
        for path in files.keys.sorted() where files[path]?.isSynced == false {
            files[path]?.isSynced = true
            files[path]?.isFresh = false
            guard dice.chance(500) else { continue }
            files[path]?.content = .torn
            files[path]?.stamp.bytes = 0
        }
        return fresh
    }

    /// A person puts a file there, in place of what was there.
    mutating func put(_ path: String, _ content: Content, bytes: Int64, at now: Int, synced: Bool = true) {
        undo = []
        if !synced {
            undo.append(files[path].map { .replaced(from: Self.own + "lost", to: path, $0) } ?? .created(path))
        }
        files[path] = SimFile(content: content, isSynced: synced, stamp: stamp(bytes, now), isFresh: !synced)
    }

    /// The machine writes down by itself what it has in memory.
    mutating func settle() {
        undo = []
        for (path, file) in files where !file.isSynced || file.isFresh {
            files[path]?.isSynced = true
            files[path]?.isFresh = false
        }
    }

    /// A person moves a file.
    mutating func move(_ from: String, to: String) {
        undo = []
        files[to] = files.removeValue(forKey: from)
    }

    /// A person removes a file.
    mutating func takeAway(_ path: String) {
        undo = []
        files[path] = nil
    }

    /// A byte changes and nothing shows it.
    mutating func rot(_ path: String, into content: Content) { files[path]?.content = content }

    private mutating func stamp(_ bytes: Int64, _ now: Int) -> Stamp {
        inodes += 1
        return Stamp(bytes: bytes, modified: now, inode: inodes)
    }
}

extension SimDisk {
    /// Puts one file in the place of another in one step, as an exchange of names does.
    mutating func replace(_ from: String, over to: String, _ leave: Leave) throws {
        try call()
        guard let old = files[to], let new = files[from] else { throw DiskFault.notFound }
        files[to] = new
        files[from] = nil
        undo.append(.replaced(from: from, to: to, old))
        operations.append(.removed(to, old, leave))
        operations.append(.renamed(from: from, to: to, new))
    }
}
