import Foundation
import Glibc

/// The folders of the hosts' homes. Processes and namespaces end with the run by themselves; a folder does not, so
/// its name tells whose it is, and the next run removes those of the dead.
enum HostFolders {
    private static let prefix = "mainstay-hosts-"

    /// A new folder; those of runs that were killed are removed first.
    static func make() throws -> URL {
        let parent = FileManager.default.temporaryDirectory
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        where entry.hasPrefix(prefix) {
            let owner = entry.dropFirst(prefix.count).split(separator: "-").first.flatMap { pid_t($0) }
            if let owner, kill(owner, 0) != 0, errno == ESRCH {
                try? FileManager.default.removeItem(at: parent.appending(path: entry))
            }
        }
        let folder = parent.appending(path: "\(prefix)\(getpid())-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
