import CLinux
import Foundation
import Glibc
import TestSupport

/// What belongs to a file besides its bytes, as far as the histories look at it.
struct FileTraits: Hashable, Sendable, CustomStringConvertible {
    var seconds = 0
    var nanoseconds = 0
    var mode: UInt32 = 0
    /// The extended attribute `user.tag`.
    var tag: String?

    var description: String {
        "\(seconds).\(String(nanoseconds + 1_000_000_000).dropFirst()) \(String(mode, radix: 8)) \(tag ?? "-")"
    }
}

/// The pictures that a machine shows, as they lie on its disk.
struct ShownLibrary: Sendable {
    struct Picture: Hashable, Sendable {
        var image: String
        var isMain: Bool
        var traits: FileTraits
    }

    var pictures: [PictureName: Picture] = [:]
    /// What is no picture, or one that is shown twice.
    var faults: [String] = []

    var images: [PictureName: String] { pictures.mapValues(\.image) }

    /// Sums of files by what tells them apart, so that each is read once.
    actor Sums {
        private var known: [String: String] = [:]

        func sums(of files: [(name: PictureName, key: String)], on machine: Machine) async throws -> [String?] {
            let new = files.filter { known[$0.key] == nil }
            if !new.isEmpty {
                // One that goes meanwhile has none.
                let printed = try await machine.host.run(
                    ["sha256sum", "--zero", "--"] + new.map { "\(machine.library.path)/\($0.name)" })
                let keys = Dictionary(new.map { ($0.name.bytes, $0.key) }) { first, _ in first }
                for entry in printed.out.utf8.split(separator: 0) {
                    let name = Array(entry.dropFirst(66 + machine.library.path.utf8.count + 1))
                    if let key = keys[name] { known[key] = String(decoding: entry.prefix(64), as: UTF8.self) }
                }
                for (name, key) in new where known[key] == nil {
                    // So has one whose name another file has by now.
                    guard ShownLibrary.key("\(machine.library.path)/\(name)") == key else { continue }
                    throw HostFailure("\(name) at \(machine.name) cannot be read: \(printed.status) \(printed.err)")
                }
            }
            return files.map { known[$0.key] }
        }
    }

    static func read(_ machine: Machine, _ sums: Sums) async throws -> ShownLibrary {
        var shown = ShownLibrary()
        var mains: [(name: PictureName, key: String, traits: FileTraits)] = []
        for name in try names(machine) {
            let path = "\(machine.library.path)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            let traits = FileTraits(
                seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, mode: status.st_mode & 0o7777,
                tag: tag(path))
            if let main = name.mainOfReduced {
                guard let image = marker(path) else {
                    shown.faults.append("\(name) does not say of what it is a reduced copy")
                    continue
                }
                shown.add(Picture(image: image, isMain: false, traits: traits), main)
            } else {
                mains.append((name, key(path, status), traits))
            }
        }
        let found = try await sums.sums(of: mains.map { ($0.name, $0.key) }, on: machine)
        for (main, image) in zip(mains, found) {
            if let image { shown.add(Picture(image: image, isMain: true, traits: main.traits), main.name) }
        }
        return shown
    }

    /// What tells a file as it is now; nil where there is none.
    private static func key(_ path: String) -> String? {
        var status = stat()
        return lstat(path, &status) == 0 ? key(path, status) : nil
    }

    private static func key(_ path: String, _ status: stat) -> String {
        "\(status.st_ino) \(status.st_size) \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec) \(path)"
    }

    private mutating func add(_ picture: Picture, _ name: PictureName) {
        if pictures.updateValue(picture, forKey: name) != nil { faults.append("\(name) has a reduced copy beside it") }
    }

    /// The visible files; those that editors keep beside their work are not pictures.
    private static func names(_ machine: Machine) throws -> [PictureName] {
        guard let walk = FileManager.default.enumerator(atPath: machine.library.path) else {
            throw HostFailure("\(machine.library.path) cannot be read")
        }
        var names: [PictureName] = []
        for case let path as String in walk {
            if path.hasPrefix(".") { walk.skipDescendants() } else if path.hasSuffix("~") { continue }
            if path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
            if walk.fileAttributes?[.type] as? FileAttributeType == .typeRegular { names.append(PictureName(path)) }
        }
        return names.sorted()
    }

    private static func tag(_ path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = lgetxattr(path, "user.tag", &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// The image that a reduced copy names inside itself.
    private static func marker(_ path: String) -> String? {
        guard let file = FileManager.default.contents(atPath: path)?.prefix(1 << 17) else { return nil }
        let text = String(decoding: file.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        return text.firstMatch(of: /Image(?:="|='|>)([0-9a-f]{64})/).map { String($0.1) }
    }
}

extension ShownLibrary {
    /// Whether the machine's agent says of its library just what lies there.
    func isKnown(to machine: Machine) async throws -> Bool {
        var listed: [PictureName: String] = [:]
        var mains: Set<PictureName> = []
        for line in try await machine.lines(of: "ls", as: ListLine.self) where line.form != "none" {
            listed[PictureName(line.path)] = line.image
            if line.form == "main" { mains.insert(PictureName(line.path)) }
        }
        return faults.isEmpty && listed == images && mains == Set(pictures.filter(\.value.isMain).keys)
    }
}
