import Glibc
import SystemPackage

/// Giving a file another name without ever taking one from another file.
enum Rename {
    /// Renames, or throws EEXIST when the new name is taken.
    ///
    /// File systems that know no RENAME_NOREPLACE (NFS, some FUSE ones) say EINVAL; there a second name is made, which
    /// fails as surely when it is taken, and then the first one is removed. A crash in between leaves two names of
    /// one file, and no file without a name. Where there are no links either (exFAT and FAT through FUSE: EPERM), an empty
    /// file takes the new name first, which fails as surely, and only that is replaced. A crash in between leaves it.
    static func withoutReplacing(
        _ from: Int32, _ name: String, _ to: Int32, _ newName: String, _ calls: any SystemCalls
    ) throws(Errno) {
        do {
            try calls.rename(from, name, to: to, newName, .noReplace)
        } catch  where error == .invalidArgument || error == .noFunction || error == .notSupported {
            do {
                try calls.link(from, name, to: to, newName)
            } catch  where error == .notPermitted || error == .noFunction || error == .notSupported {
                return try overPlaceholder(from, name, to, newName, calls)
            }
            do {
                try calls.unlink(from, name, folder: false)
            } catch {
                // One name again, the old one: it was not renamed.
                if let old = try? calls.status(from, name), let new = try? calls.status(to, newName), old == new {
                    try? calls.unlink(to, newName, folder: false)
                }
                throw error
            }
        }
    }

    private static func overPlaceholder(
        _ from: Int32, _ name: String, _ to: Int32, _ newName: String, _ calls: any SystemCalls
    ) throws(Errno) {
        let made = try calls.open(to, newName, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        let placeholder = Descriptor(made, calls)
        do throws(Errno) {
            // Somebody may have found the empty file, and written into it.
            let (mine, there) = (try calls.status(placeholder.number), try calls.status(to, newName))
            guard mine == there, there.identity.bytes == 0 else { throw Errno.fileExists }
            try calls.rename(from, name, to: to, newName, .overPlaceholder)
        } catch {
            if let there = try? calls.status(to, newName), there.identity.bytes == 0,
                let mine = try? calls.status(placeholder.number), mine == there
            {
                try? calls.unlink(to, newName, folder: false)
            }
            throw error
        }
    }
}
