import Disk
import SystemPackage

/// The real calls, on a file system that is said to make all durable at once, or not.
struct SyncingAllCalls: SystemCalls {
    var knows = true
    private let real = LinuxCalls()

    init(knows: Bool = true) { self.knows = knows }

    func syncAll(_ file: Int32) throws(Errno) -> Bool { knows }
    func checkWritten(_ file: Int32) throws(Errno) { try real.checkWritten(file) }
    func sync(_ file: Int32) throws(Errno) { try real.sync(file) }

    func open(_ directory: Int32?, _ name: String, flags: Int32, mode: UInt32) throws(Errno) -> Int32 {
        try real.open(directory, name, flags: flags, mode: mode)
    }
    func close(_ file: Int32) { real.close(file) }
    func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try real.read(file, into: buffer)
    }
    func pread(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        try real.pread(file, into: buffer, at: offset)
    }
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int { try real.write(file, bytes) }
    func seek(_ file: Int32, to offset: Int64) throws(Errno) { try real.seek(file, to: offset) }
    func truncate(_ file: Int32, to bytes: Int64) throws(Errno) { try real.truncate(file, to: bytes) }
    func status(_ file: Int32) throws(Errno) -> FileStatus { try real.status(file) }
    func status(_ directory: Int32, _ name: String) throws(Errno) -> FileStatus { try real.status(directory, name) }
    func entries(_ directory: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try real.entries(directory, into: buffer)
    }
    func makeFolder(_ directory: Int32, _ name: String, mode: UInt32) throws(Errno) {
        try real.makeFolder(directory, name, mode: mode)
    }
    func rename(_ from: Int32, _ name: String, to: Int32, _ newName: String, _ mode: RenameMode) throws(Errno) {
        try real.rename(from, name, to: to, newName, mode)
    }
    func link(_ from: Int32, _ name: String, to: Int32, _ newName: String) throws(Errno) {
        try real.link(from, name, to: to, newName)
    }
    func unlink(_ directory: Int32, _ name: String, folder: Bool) throws(Errno) {
        try real.unlink(directory, name, folder: folder)
    }
    func setModified(_ file: Int32, to time: Int64) throws(Errno) { try real.setModified(file, to: time) }
    func advise(_ file: Int32, _ advice: ReadAdvice) { real.advise(file, advice) }
    func setIdle() throws(Errno) { try real.setIdle() }
    func lock(_ file: Int32) throws(Errno) { try real.lock(file) }
    func space(_ file: Int32) throws(Errno) -> DiskSpace { try real.space(file) }
    func openWatch() throws(Errno) -> Int32 { try real.openWatch() }
    func addWatch(_ watch: Int32, _ path: String, mask: UInt32) throws(Errno) -> Int32 {
        try real.addWatch(watch, path, mask: mask)
    }
    func removeWatch(_ watch: Int32, _ descriptor: Int32) throws(Errno) { try real.removeWatch(watch, descriptor) }
    func wait(_ files: [Int32], milliseconds: Int32) throws(Errno) -> [Bool] {
        try real.wait(files, milliseconds: milliseconds)
    }
    func wait(_ files: [Int32], mounts: Int32) throws(Errno) -> (ready: [Bool], hasMounted: Bool) {
        try real.wait(files, mounts: mounts)
    }
}
