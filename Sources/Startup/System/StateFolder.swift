import Foundation
import Glibc

/// The folder of identity and catalogue, which nobody else may look into.
enum StateFolder {
    /// Makes the folder, 0700, where it is missing, and takes other users' rights off one that is there and this
    /// agent's own: one that is empty or holds an identity. Any other is left as it is: it may be a person's by mistake.
    ///
    /// The rights are those of the folder, not of a umask: what the agent places in the library is to have the rights
    /// that the person's umask gives it.
    static func prepare(_ path: String) throws {
        try make(path)
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let rights = (attributes?[.posixPermissions] as? NSNumber)?.intValue, rights & 0o077 != 0,
            (attributes?[.ownerAccountID] as? NSNumber)?.uint32Value == geteuid(),
            isOwn(path)
        else { return }
        chmod(path, 0o700)
    }

    private static func make(_ path: String) throws {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        if errno == ENOENT, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex {
            try make(String(path[..<slash]))
            if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        }
        throw StartFailure(
            .configuration,
            "The state folder \(path) cannot be made (\(String(cString: strerror(errno)))): name another with --state.")
    }

    private static func isOwn(_ path: String) -> Bool {
        if access(path + "/identity.pem", F_OK) == 0 { return true }
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            // d_name begins with what is not a dot, or is neither "." nor "..".
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { return false }
        }
        return true
    }
}
