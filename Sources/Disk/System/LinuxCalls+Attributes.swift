import CLinux
import Glibc
public import Model

extension LinuxCalls {
    public func attributes(_ file: Int32) -> FileAttributes? {
        var raw = stat()
        guard fstat(file, &raw) == 0 else { return nil }
        return FileAttributes(
            seconds: Int64(raw.st_mtim.tv_sec), nanoseconds: Int32(clamping: raw.st_mtim.tv_nsec),
            mode: UInt16(raw.st_mode & 0o777), extended: extended(file))
    }

    public func setAttributes(_ file: Int32, _ attributes: FileAttributes, insteadOf earlier: FileAttributes?) {
        let names = Set(attributes.extended.map(\.name))
        for extended in earlier?.extended ?? [] where !names.contains(extended.name) {
            _ = fremovexattr(file, extended.name)
        }
        for extended in attributes.extended {
            _ = extended.value.withUnsafeBytes { fsetxattr(file, extended.name, $0.baseAddress, $0.count, 0) }
        }
        setMode(file, attributes.mode)
        // That of access stays. Both are given, for file systems in user space that leave out a call for one (exFAT).
        var raw = stat()
        guard fstat(file, &raw) == 0 else { return }
        let modified = timespec(tv_sec: Int(attributes.seconds), tv_nsec: Int(attributes.nanoseconds))
        _ = futimens(file, [raw.st_atim, modified])
    }

    public func setMode(_ file: Int32, _ mode: UInt16) {
        _ = fchmod(file, UInt32(mode & 0o666) & ~Self.umask | 0o600)
    }

    /// umask(2) can only be asked by setting it: for that moment new files are nobody else's.
    private static let umask: UInt32 = {
        let mask = Glibc.umask(0o077)
        _ = Glibc.umask(mask)
        return mask
    }()

    /// What does not fit the limits is left out, and so is all where the file system has none.
    private func extended(_ file: Int32) -> [FileAttributes.Extended] {
        let size = flistxattr(file, nil, 0)
        guard size > 0 else { return [] }
        var names = [UInt8](repeating: 0, count: size)
        let listed = names.withUnsafeMutableBytes { flistxattr(file, $0.baseAddress, $0.count) }
        guard listed > 0 else { return [] }
        var result: [FileAttributes.Extended] = []
        var room = FileAttributes.mostBytes
        for bytes in names.prefix(listed).split(separator: 0).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard result.count < FileAttributes.mostExtended,
                let name = String(validating: bytes, as: UTF8.self), FileAttributes.isName(name),
                let value = value(file, name, most: room - bytes.count)
            else { continue }
            room -= bytes.count + value.count
            result.append(FileAttributes.Extended(name: name, value: value))
        }
        return result
    }

    private func value(_ file: Int32, _ name: String, most: Int) -> [UInt8]? {
        let size = fgetxattr(file, name, nil, 0)
        guard size >= 0, size <= most else { return nil }
        if size == 0 { return [] }
        var value = [UInt8](repeating: 0, count: size)
        let read = value.withUnsafeMutableBytes { fgetxattr(file, name, $0.baseAddress, $0.count) }
        return read == size ? value : nil
    }
}
