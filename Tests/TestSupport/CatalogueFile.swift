import Disk
public import Foundation
import Glibc
import SystemPackage

/// A catalogue as another program may change it, while its agent runs or not: what an old version left behind, or the
/// time of a change that no program can set.
public struct CatalogueFile {
    /// What could not be done.
    public struct Failure: Error { let what: String }

    private typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    private typealias Wait = @convention(c) (OpaquePointer?, Int32) -> Int32
    private typealias Execute =
        @convention(c) (OpaquePointer?, UnsafePointer<CChar>, OpaquePointer?, OpaquePointer?, OpaquePointer?) -> Int32
    private typealias Close = @convention(c) (OpaquePointer?) -> Int32

    private let path: String

    /// - Parameter state: the agent's state folder.
    public init(state: URL) { path = state.appending(path: "catalogue.sqlite").path }

    /// Runs one statement.
    public func run(_ sql: String) throws {
        var database: OpaquePointer?
        let open: Open = try Self.symbol("sqlite3_open")
        let wait: Wait = try Self.symbol("sqlite3_busy_timeout")
        let execute: Execute = try Self.symbol("sqlite3_exec")
        let close: Close = try Self.symbol("sqlite3_close")
        try Self.check(open(path, &database) == 0, path)
        defer { _ = close(database) }
        _ = wait(database, 60_000)
        try Self.check(execute(database, sql, nil, nil, nil) == 0, sql)
    }

    /// Flips one bit of a file of the library as a disk does it: size and times stay, ctime included. A program cannot do
    /// that; so the catalogue is told that the file had its new ctime all the time, and the file is written to by another
    /// name, outside the library, where no watch sees it.
    ///
    /// - Parameter offset: of the byte; the middle of the file when nil.
    public func rot(_ path: String, in library: URL, at offset: Int? = nil) throws {
        let (url, calls) = (library.appending(path: path), LinuxCalls())
        let other = library.deletingLastPathComponent().appending(path: "rotting-\(UUID().uuidString)")
        try FileManager.default.linkItem(at: url, to: other)
        let file = try calls.open(nil, other.path, flags: O_RDWR, mode: 0)
        defer { calls.close(file) }
        let identity = try calls.status(file).identity
        let place = Int64(offset ?? Int(identity.bytes) / 2)
        var byte = UInt8(0)
        _ = try withUnsafeMutableBytes(of: &byte) { bytes throws(Errno) in
            try calls.pread(file, into: bytes, at: place)
        }
        byte ^= 1
        try calls.seek(file, to: place)
        _ = try withUnsafeBytes(of: byte) { bytes throws(Errno) in try calls.write(file, bytes) }
        try calls.sync(file)
        try calls.setModified(file, to: identity.mtime)
        try FileManager.default.removeItem(at: other)
        try run("UPDATE own SET changed = \(try calls.status(file).ctime) WHERE file = '\(path)'")
    }

    private static func symbol<T>(_ name: String) throws -> T {
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), name) else { throw Failure(what: name) }
        return unsafeBitCast(symbol, to: T.self)
    }

    private static func check(_ isDone: Bool, _ what: String) throws {
        guard isDone else { throw Failure(what: "\(what): errno \(errno)") }
    }
}
