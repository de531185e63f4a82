import Foundation
import Glibc

/// The settings file as it is changed: whole or not at all, by one at a time.
public struct SettingsStore: Sendable {
    /// An absolute path; it may be a link.
    public let path: String

    /// What became of a change.
    public enum Outcome: Equatable, Sendable {
        /// It stood there already.
        case same
        /// The text before; nil where there was no file.
        case changed(from: String?)
    }

    /// How a file begins that a command has made.
    static let head =
        "# Settings of the Mainstay agent. `syncctl set` shows and changes them.\n"

    public init(path: String) { self.path = path }

    /// Gives a key other words; nil takes its line out. What the agent would refuse is not written.
    ///
    /// Throws ``SettingsFault``, with the file as it was. Blocks.
    public func change(_ key: Setting.Key, to words: [String]?) throws -> Outcome {
        try change([(key, words)])
    }

    /// The same with several keys at once: all or none.
    public func change(_ changes: [(key: Setting.Key, words: [String]?)]) throws -> Outcome {
        for (key, words) in changes {
            if let words { try LayeredSettings.check([key: Setting(words, from: .typed)]) }
        }
        return try alone {
            let text = try SettingsFile.text(of: target)
            var new = text ?? Self.head
            let before = try SettingsFile.parse(new, path: path).mapValues(\.words)
            for (key, words) in changes {
                guard try SettingsFile.parse(new, path: path)[key]?.words != words else { continue }
                new = try SettingsEdit(key: key, words: words, path: path).changed(new)
            }
            let after = try SettingsFile.parse(new, path: path)
            // The rest of the file may have had a fault before: an agent would not start on it.
            try LayeredSettings.check(after)
            guard after.mapValues(\.words) != before else { return .same }
            try write(new)
            return .changed(from: text)
        }
    }

    /// Puts back what a change has replaced.
    public func putBack(_ text: String?) throws {
        try alone {
            if let text { return try write(text) }
            guard unlink(target) == 0 || errno == ENOENT else { throw fault("removed") }
        }
    }

    /// The file itself, where the path is a link to it.
    private var target: String {
        guard let real = realpath(path, nil) else {
            // A link to what is not there yet.
            if let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
                return link.hasPrefix("/") ? link : folder(of: path) + "/" + link
            }
            return path
        }
        defer { free(real) }
        return String(cString: real)
    }

    private func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// Two commands at once change one after the other: the lock is the folder's, as the file is replaced.
    private func alone<Result>(_ body: () throws -> Result) throws -> Result {
        let folder = folder(of: target)
        try make(folder)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault("changed") }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 { guard errno == EINTR else { throw fault("changed") } }
        return try body()
    }

    private func make(_ folder: String) throws {
        if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, folder != "/" else { throw fault("made") }
        try make(self.folder(of: folder))
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw fault("made") }
    }

    /// By a file beside it that is synced and takes its place: whoever reads at any moment reads the one or the other.
    private func write(_ text: String) throws {
        let target = target
        let known = try? FileManager.default.attributesOfItem(atPath: target)
        // A file that may not be written is not to be replaced either, though the folder would allow it.
        if known != nil, access(target, W_OK) != 0 { throw fault("written") }
        let new = target + ".new-\(getpid())"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw fault("written") }
        defer { close(descriptor) }
        do {
            if let owner = (known?[.ownerAccountID] as? NSNumber)?.uint32Value,
                let group = (known?[.groupOwnerAccountID] as? NSNumber)?.uint32Value
            {
                // Root changes somebody's file: it stays theirs. Whoever else may not, owns what they write.
                _ = fchown(descriptor, owner, group)
            }
            let rights = (known?[.posixPermissions] as? NSNumber)?.uint32Value ?? 0o644
            guard fchmod(descriptor, rights) == 0 else { throw fault("written") }
            try put(Array(text.utf8), descriptor)
            guard fsync(descriptor) == 0, rename(new, target) == 0 else { throw fault("written") }
        } catch {
            unlink(new)
            throw error
        }
        let folder = open(folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private func put(_ bytes: [UInt8], _ descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("written") }
            rest = rest.dropFirst(count)
        }
    }

    private func fault(_ what: String) -> SettingsFault {
        SettingsFault(
            .failed,
            "\(path) cannot be \(what) (\(String(cString: strerror(errno)))): look at its owner and its rights.")
    }
}
