import CLinux
import Glibc
public import Model

extension LinuxCalls {
    public func attributes(_ file: Int32) -> FileAttributes? {
        var raw = stat()
        guard fstat(file, &raw) == 0 else { return nil }
        return FileAttributes(
            seconds: Int64(raw.st_mtim.tv_sec), nanoseconds: Int32(raw.st_mtim.tv_nsec),
            mode: UInt16(raw.st_mode & 0o777),
            extended: extended(file))
    }

    public func setAttributes(_ file: Int32, _ attributes: FileAttributes) {
        for extended in attributes.extended {
            _ = extended.value.withUnsafeBytes { fsetxattr(file, extended.name, $0.baseAddress, $0.count, 0) }
        }
        // The agent has to read it again.
        _ = fchmod(file, UInt32(attributes.mode) & ~Self.umask | 0o400)
        let times = [
            timespec(tv_sec: 0, tv_nsec: Int(MAINSTAY_UTIME_OMIT)),
            timespec(tv_sec: Int(attributes.seconds), tv_nsec: Int(attributes.nanoseconds)),
        ]
        _ = futimens(file, times)
    }

    /// umask(2) can only be asked by setting it: for that moment new files are nobody else's.
    private static let umask: UInt32 = {
        let mask = Glibc.umask(0o077)
        _ = Glibc.umask(mask)
        return mask
    }()

    private func extended(_ file: Int32) -> [FileAttributes.Extended] {
        let size = flistxattr(file, nil, 0)
        guard size > 0 else { return [] }
        var names = [UInt8](repeating: 0, count: size)
        let listed = names.withUnsafeMutableBytes { flistxattr(file, $0.baseAddress, $0.count) }
        guard listed > 0 else { return [] }
        var result: [FileAttributes.Extended] = []
        var room = FileAttributes.mostBytes
        for bytes in names.prefix(listed).split(separator: 0).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let name = String(validating: bytes, as: UTF8.self), FileAttributes.isName(name),
                result.count < FileAttributes.mostExtended,
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
