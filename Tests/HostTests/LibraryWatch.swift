import Foundation
import Glibc
import TestSupport

/// Watches a library's visible images by inotify(7): at no moment may one be there that is not whole.
final class LibraryWatch: Sendable {
    /// What was seen so far.
    struct Seen: Sendable {
        /// Looks at a visible image after it appeared or changed.
        var looks = 0
        /// Images that were not whole, or were written to in place, with what was wrong.
        var faults: [String] = []
        /// Changes of any kind, in hidden folders too.
        var events = 0
    }

    private let observed = HostObserved(Seen())
    private let stop: Int32

    /// - Parameter folder: the library; everything that appears below it is watched too.
    init(_ folder: URL) throws {
        let notifier = inotify_init1(Int32(IN_CLOEXEC))
        guard notifier >= 0 else { throw HostFailure("inotify_init1: errno \(errno)") }
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw HostFailure("socketpair: errno \(errno)")
        }
        stop = ends[0]
        let (observed, stopped) = (observed, ends[1])
        let tree = Tree(folder.path, notifier: notifier, observed: observed)
        tree.add(folder.path)
        Thread.detachNewThread {
            var ready = [
                pollfd(fd: notifier, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stopped, events: Int16(POLLIN), revents: 0),
            ]
            while poll(&ready, 2, -1) >= 0 || errno == EINTR {
                if ready[1].revents != 0 { break }
                if ready[0].revents != 0 { tree.read() }
            }
            close(notifier)
            close(stopped)
        }
    }

    deinit { close(stop) }

    /// What was seen so far.
    var seen: Seen { observed.now }

    /// Waits until something changed `count` more times; gives up, without an error, when the limit has passed.
    func wait(forEvents count: Int, within limit: Duration) async throws {
        let goal = seen.events + count
        do {
            try await observed.value(within: limit, "\(count) changes") { $0.events >= goal ? () : nil }
        } catch is HostFailure {}
    }

    /// Waits until it looked at `count` visible images.
    func wait(forLooks count: Int, within limit: Duration = .seconds(120)) async throws {
        try await observed.value(within: limit, "\(count) visible images") { $0.looks >= count ? () : nil }
    }

    /// `@unchecked`: used by `init`, and after that by the one thread that `init` starts.
    private final class Tree: @unchecked Sendable {
        private let root: String
        private let notifier: Int32
        private let observed: HostObserved<Seen>
        private var folders: [Int32: String] = [:]
        private var buffer = [UInt8](repeating: 0, count: 1 << 16)

        init(_ root: String, notifier: Int32, observed: HostObserved<Seen>) {
            self.root = root
            self.notifier = notifier
            self.observed = observed
        }

        func add(_ folder: String) {
            let mask = IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM
            let watch = inotify_add_watch(notifier, folder, UInt32(mask | IN_ONLYDIR))
            guard watch >= 0 else { return }
            folders[watch] = folder
            // What came into the folder before it was watched.
            for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                let path = "\(folder)/\(entry)"
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
                if isFolder.boolValue { add(path) } else { look(at: path) }
            }
        }

        func read() {
            let count = Glibc.read(notifier, &buffer, buffer.count)
            guard count > 0 else { return }
            var offset = 0
            while offset < count {
                let (event, name): (inotify_event, String) = buffer.withUnsafeBytes { bytes in
                    let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    let start = offset + MemoryLayout<inotify_event>.size
                    let name = bytes[start..<(start + Int(event.len))].prefix { $0 != 0 }
                    return (event, String(decoding: name, as: UTF8.self))
                }
                offset += MemoryLayout<inotify_event>.size + Int(event.len)
                take(event, name)
            }
        }

        private func take(_ event: inotify_event, _ name: String) {
            observed.update { $0.events += 1 }
            guard let folder = folders[event.wd], !name.isEmpty else { return }
            let path = "\(folder)/\(name)"
            if event.mask & UInt32(IN_ISDIR) != 0 {
                if event.mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0 { add(path) }
            } else if event.mask & UInt32(IN_MODIFY) != 0 {
                if isVisibleCopy(path) { observed.update { $0.faults.append("\(path) was written in place") } }
            } else if event.mask & UInt32(IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE) != 0 {
                look(at: path)
            }
        }

        private func look(at path: String) {
            guard isVisibleCopy(path), let bytes = FileManager.default.contents(atPath: path) else { return }
            let isWhole = bytes.starts(with: [0xFF, 0xD8, 0xFF]) && bytes.suffix(2).elementsEqual([0xFF, 0xD9])
            observed.update { seen in
                seen.looks += 1
                if !isWhole { seen.faults.append("\(path) is not whole (\(bytes.count) bytes)") }
            }
        }

        private func isVisibleCopy(_ path: String) -> Bool {
            path.hasSuffix(".reduced.jpg") && !path.dropFirst(root.count).contains("/.")
        }
    }
}
