import Control
import Dispatch
import Glibc

/// A file that stands under its name when it is whole, or not at all; or a stream that is written as it comes.
///
/// What is not whole lies beside it under a hidden name, which is gone in any case when the writing ends.
struct NewFile: Sendable {
    private let place: FilePlace
    private let descriptor: Int32
    /// The hidden name; nil for a stream.
    private let temporary: String?
    /// Disks and pipes block: not on the threads that wait for signals.
    private let queue = DispatchQueue(label: "new file")

    /// Writes to `place` what `body` gives, and puts it under its name, durably, when `body` returns. Where that throws,
    /// nothing is left.
    ///
    /// - Parameter bytes: how many will come, so that a lack of room is told at once.
    static func write(
        to place: FilePlace, bytes: Int64 = 0, _ body: (NewFile) async throws -> Void
    ) async throws {
        let file = try NewFile(place)
        defer { if file.descriptor != STDOUT_FILENO { close(file.descriptor) } }
        do {
            try file.checkRoom(bytes)
            try await body(file)
            try await file.onQueue { try file.finish() }
        } catch {
            if let temporary = file.temporary { unlink(temporary) }
            throw error
        }
    }

    private init(_ place: FilePlace) throws {
        self.place = place
        switch place.kind {
        case .standardOutput:
            descriptor = STDOUT_FILENO
            temporary = nil
        case .stream(let path):
            descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
            temporary = nil
            guard descriptor >= 0 else { throw Self.failure(path, errno) }
        case .file(let path), .folder(let path):
            var template = Array((FilePlace.folder(of: path) + "/.syncctl-XXXXXX").utf8CString)
            // mkstemp(3): made with 0600, so that nobody else reads what is not whole.
            descriptor = mkstemp(&template)
            guard descriptor >= 0 else { throw Self.failure(path, errno) }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// Writes all of `bytes`.
    func write(_ bytes: [UInt8]) async throws {
        try await onQueue {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EPIPE {
                    throw Output.ReaderGone()
                } else if errno != EINTR {
                    throw Self.failure(name, errno)
                }
            }
        }
    }

    private var name: String {
        switch place.kind {
        case .standardOutput: "The standard output"
        case .stream(let path), .file(let path), .folder(let path): path
        }
    }

    /// Says at once that a disk has no room, rather than after half of the picture.
    private func checkRoom(_ bytes: Int64) throws {
        var room = statvfs()
        guard temporary != nil, fstatvfs(descriptor, &room) == 0 else { return }
        if UInt64(room.f_bfree) * UInt64(room.f_frsize) < UInt64(max(0, bytes)) { throw Self.failure(name, ENOSPC) }
    }

    private func finish() throws {
        guard let temporary, let path = place.path else { return }
        let mask = umask(0)
        umask(mask)
        guard fchmod(descriptor, 0o666 & ~mask) == 0, fsync(descriptor) == 0 else { throw Self.failure(path, errno) }
        if place.replaces {
            guard rename(temporary, path) == 0 else { throw Self.failure(path, errno) }
        } else {
            try renameUnlessTaken(temporary, path)
        }
        // The name, too, is to survive a power cut. Not every file system can promise that of a folder.
        let folder = open(FilePlace.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        _ = fsync(folder)
        close(folder)
    }

    /// A second name is never made over another file, as a rename would be (link(2)).
    private func renameUnlessTaken(_ temporary: String, _ path: String) throws {
        if link(temporary, path) == 0 {
            unlink(temporary)
            return
        }
        let code = errno
        if code == EEXIST { throw FilePlace.taken(path) }
        // FAT has no second names: there it is only looked whether the name is free.
        guard code == EPERM || code == EOPNOTSUPP || code == ENOSYS else { throw Self.failure(path, code) }
        if access(path, F_OK) == 0 { throw FilePlace.taken(path) }
        guard rename(temporary, path) == 0 else { throw Self.failure(path, errno) }
    }

    private func onQueue(_ work: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> ControlFailure {
        let remedy =
            switch code {
            case ENOSPC, EDQUOT: "make room there, or name another place"
            case EACCES, EPERM, EROFS: "name a place where you may write"
            default: "name another place"
            }
        return ControlFailure(.failed, "\(path) cannot be written (\(String(cString: strerror(code)))): \(remedy).")
    }
}
