public import Disk
public import Model
import Synchronization
public import SystemPackage

/// System calls with faults put in: a decorator of the real ones, or of another decorator.
///
/// Counts what is called and which faults were hit, so that a test can say that none of its faults was missed.
public final class FaultyCalls: SystemCalls {
    /// A call about to be made.
    public struct Call: Sendable {
        public enum Kind: String, Sendable, CaseIterable {
            case open, read, pread, write, setDirect, seek, truncate, sync, syncAll, checkWritten, status, entries,
                makeFolder,
                rename, renameOver, link, unlink
            case setModified, advise, setIdle, lock, space, openWatch, addWatch, removeWatch, wait
        }

        public var kind: Kind
        /// The name it is about, the new one of a rename, or the advice; empty when it is about an open file.
        public var name: String
        /// Which call of its kind this is, beginning with 1.
        public var number: Int
        /// Which call that changes the disk this is, beginning with 1; 0 for one that changes nothing.
        public var change: Int
        /// Which call of all this is, beginning with 1.
        public var position: Int
    }

    private struct State {
        var counts: [Call.Kind: Int] = [:]
        var changes = 0
        var made = 0
        var hits = 0
    }

    private let base: any SystemCalls
    private let fault: @Sendable (Call) -> Errno?
    private let onRead: @Sendable (UnsafeMutableRawBufferPointer) -> Int
    private let onStatus: @Sendable (Call, FileStatus) -> FileStatus
    private let before: @Sendable (Call) -> Void
    private let onSpace: @Sendable (DiskSpace) -> DiskSpace
    private let state = Mutex(State())

    /// - Parameters:
    ///   - fault: the errno that a call is to fail with, or nil.
    ///   - before: does something just before a call, as another program might.
    ///   - onRead: may falsify the bytes read, and says how many of them there are.
    ///   - onStatus: may falsify what is told of a file.
    ///   - onSpace: may falsify what is told of the disk.
    public init(
        _ base: any SystemCalls = LinuxCalls(), fault: @escaping @Sendable (Call) -> Errno? = { _ in nil },
        before: @escaping @Sendable (Call) -> Void = { _ in },
        onRead: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Int = { $0.count },
        onStatus: @escaping @Sendable (Call, FileStatus) -> FileStatus = { $1 },
        onSpace: @escaping @Sendable (DiskSpace) -> DiskSpace = { $0 }
    ) {
        self.base = base
        self.before = before
        self.onRead = onRead
        self.onStatus = onStatus
        self.onSpace = onSpace
        self.fault = fault
    }

    /// The `number`-th call of `kind` fails.
    public static func failing(_ kind: Call.Kind, at number: Int = 1, with errno: Errno) -> FaultyCalls {
        FaultyCalls { $0.kind == kind && $0.number == number ? errno : nil }
    }

    /// The call at `position` fails, whatever it is.
    public static func failing(at position: Int, with errno: Errno) -> FaultyCalls {
        FaultyCalls { $0.position == position ? errno : nil }
    }

    /// After `count` changes of the disk nothing changes any more: to the disk, the process was killed there.
    public static func killed(after count: Int) -> FaultyCalls {
        FaultyCalls { $0.change > count ? .ioError : nil }
    }

    /// How many calls have failed on purpose.
    public var hits: Int { state.withLock(\.hits) }

    /// How many calls of a kind were made.
    public func count(_ kind: Call.Kind) -> Int { state.withLock { $0.counts[kind, default: 0] } }

    /// How many calls were made.
    public var made: Int { state.withLock(\.made) }

    /// How many calls that change the disk were made.
    public var changes: Int { state.withLock(\.changes) }

    @discardableResult
    private func call(_ kind: Call.Kind, _ name: String = "", changes: Bool = false) throws(Errno) -> Call {
        let call = state.withLock { state in
            state.counts[kind, default: 0] += 1
            state.made += 1
            if changes { state.changes += 1 }
            return Call(
                kind: kind, name: name, number: state.counts[kind, default: 0], change: changes ? state.changes : 0,
                position: state.made)
        }
        before(call)
        if let errno = fault(call) {
            state.withLock { $0.hits += 1 }
            throw errno
        }
        return call
    }

    public func open(_ directory: Int32?, _ name: String, flags: Int32, mode: UInt32) throws(Errno) -> Int32 {
        // O_CREAT
        try call(.open, name, changes: flags & 0o100 != 0)
        return try base.open(directory, name, flags: flags, mode: mode)
    }

    public func close(_ file: Int32) { base.close(file) }

    public func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try call(.read)
        let count = try base.read(file, into: buffer)
        return onRead(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }

    public func pread(
        _ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(Errno) -> Int {
        try call(.pread)
        let count = try base.pread(file, into: buffer, at: offset)
        return onRead(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }

    public func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
        do {
            try call(.write, changes: true)
        } catch {
            // A full disk takes what still fits before it says so.
            if error == .noSpace { _ = try? base.write(file, UnsafeRawBufferPointer(rebasing: bytes.prefix(1))) }
            throw error
        }
        return try base.write(file, bytes)
    }

    public func setDirect(_ file: Int32, _ direct: Bool) throws(Errno) {
        try call(.setDirect)
        try base.setDirect(file, direct)
    }

    public func seek(_ file: Int32, to offset: Int64) throws(Errno) {
        try call(.seek)
        try base.seek(file, to: offset)
    }

    public func truncate(_ file: Int32, to bytes: Int64) throws(Errno) {
        try call(.truncate, changes: true)
        try base.truncate(file, to: bytes)
    }

    public func sync(_ file: Int32) throws(Errno) {
        try call(.sync, changes: true)
        try base.sync(file)
    }

    public func syncAll(_ file: Int32) throws(Errno) -> Bool {
        try call(.syncAll, changes: true)
        return try base.syncAll(file)
    }

    public func checkWritten(_ file: Int32) throws(Errno) {
        try call(.checkWritten)
        try base.checkWritten(file)
    }

    public func status(_ file: Int32) throws(Errno) -> FileStatus {
        let call = try call(.status)
        return onStatus(call, try base.status(file))
    }

    public func status(_ directory: Int32, _ name: String) throws(Errno) -> FileStatus {
        let call = try call(.status, name)
        return onStatus(call, try base.status(directory, name))
    }

    public func entries(_ directory: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try call(.entries)
        return try base.entries(directory, into: buffer)
    }

    public func makeFolder(_ directory: Int32, _ name: String, mode: UInt32) throws(Errno) {
        try call(.makeFolder, name, changes: true)
        try base.makeFolder(directory, name, mode: mode)
    }

    public func rename(
        _ from: Int32, _ name: String, to: Int32, _ newName: String, _ mode: RenameMode
    ) throws(Errno) {
        try call(mode == .overPlaceholder ? .renameOver : .rename, newName, changes: true)
        try base.rename(from, name, to: to, newName, mode)
    }

    public func link(_ from: Int32, _ name: String, to: Int32, _ newName: String) throws(Errno) {
        try call(.link, newName, changes: true)
        try base.link(from, name, to: to, newName)
    }

    public func unlink(_ directory: Int32, _ name: String, folder: Bool) throws(Errno) {
        try call(.unlink, name, changes: true)
        try base.unlink(directory, name, folder: folder)
    }

    public func attributes(_ file: Int32) -> FileAttributes? { base.attributes(file) }

    public func setAttributes(_ file: Int32, _ attributes: FileAttributes, insteadOf earlier: FileAttributes?) {
        base.setAttributes(file, attributes, insteadOf: earlier)
    }

    public func setMode(_ file: Int32, _ mode: UInt16) { base.setMode(file, mode) }

    public func setModified(_ file: Int32, to time: Int64) throws(Errno) {
        try call(.setModified, changes: true)
        try base.setModified(file, to: time)
    }

    public func advise(_ file: Int32, _ advice: ReadAdvice) {
        // Advice cannot fail.
        _ = try? call(.advise, "\(advice)")
        base.advise(file, advice)
    }

    public func setIdle() throws(Errno) {
        try call(.setIdle)
        try base.setIdle()
    }

    public func lock(_ file: Int32) throws(Errno) {
        try call(.lock)
        try base.lock(file)
    }

    public func space(_ file: Int32) throws(Errno) -> DiskSpace {
        try call(.space)
        return onSpace(try base.space(file))
    }

    public func openWatch() throws(Errno) -> Int32 {
        try call(.openWatch)
        return try base.openWatch()
    }

    public func addWatch(_ watch: Int32, _ path: String, mask: UInt32) throws(Errno) -> Int32 {
        try call(.addWatch, path)
        return try base.addWatch(watch, path, mask: mask)
    }

    public func removeWatch(_ watch: Int32, _ descriptor: Int32) throws(Errno) {
        try call(.removeWatch)
        try base.removeWatch(watch, descriptor)
    }

    public func wait(_ files: [Int32], mounts: Int32) throws(Errno) -> (ready: [Bool], hasMounted: Bool) {
        try call(.wait)
        return try base.wait(files, mounts: mounts)
    }

    public func wait(_ files: [Int32], milliseconds: Int32) throws(Errno) -> [Bool] {
        try call(.wait)
        return try base.wait(files, milliseconds: milliseconds)
    }
}
