import SystemPackage

/// Giving a file another name without ever taking one from another file.
enum Rename {
    /// Renames, or throws EEXIST when the new name is taken.
    ///
    /// File systems that know no RENAME_NOREPLACE (NFS, some FUSE ones) say EINVAL; there a second name is made, which
    /// fails as surely when it is taken, and then the first one is removed. A crash in between leaves two names of
    /// one file, and no file without a name.
    static func withoutReplacing(
        _ from: Int32, _ name: String, _ to: Int32, _ newName: String, _ calls: any SystemCalls
    ) throws(Errno) {
        do {
            try calls.rename(from, name, to: to, newName, .noReplace)
        } catch  where error == .invalidArgument || error == .noFunction || error == .notSupported {
            try calls.link(from, name, to: to, newName)
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
}
