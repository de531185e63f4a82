import Disk
import Foundation
import Model
import TestSupport

/// Everything that is done to a main that stands on the disk, each from the same beginning.
enum MainDeed: CaseIterable {
    case evict, returnEvicting, setAside, putBack, moveAside, purge, move

    /// The main's bytes: no other file of a library in a test has them.
    static let bytes: [UInt8] = [5, 5, 5]
    static let home = "2026/a.jpg"
    private static let aside = "a~1.jpg"

    /// Whether the main is gone for good afterwards.
    var isEnd: Bool { self == .evict || self == .purge }

    /// Where the main is before, below the library's folder.
    func source() throws -> String {
        switch self {
        case .evict, .setAside, .move: Self.home
        case .returnEvicting: try ".mainstay/incoming/\(image(of: Self.bytes)).evicting"
        case .putBack, .moveAside, .purge: ".mainstay/damaged/" + Self.aside
        }
    }

    /// Where it is afterwards; nil when it is gone.
    var target: String? {
        switch self {
        case .evict, .purge: nil
        case .setAside, .moveAside: ".mainstay/trash/" + Self.aside
        case .putBack, .returnEvicting: Self.home
        case .move: "new/b.jpg"
        }
    }

    /// Puts the main where it is to be found, and another file beside it, by a person's hand.
    func prepare(_ library: LibraryFolder) throws {
        for (file, bytes) in [(try source(), Self.bytes), (Self.home + ".reduced.jpg", [1]), ("2026/c.jpg", [7])] {
            let url = URL(fileURLWithPath: library.path + "/" + file)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
    }

    /// Empties the library and the agent's folders in it.
    func clear(_ library: LibraryFolder) throws {
        let root = URL(fileURLWithPath: library.path)
        let store = root.appending(path: ".mainstay")
        let folders = StoreFolder.allCases.map { store.appending(path: $0.rawValue) }
        for folder in [root] + folders {
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name != ".mainstay" {
                try FileManager.default.removeItem(at: folder.appending(path: name))
            }
        }
    }

    /// What the agent knows of the main: looked up by other calls than those that the test counts.
    func known(_ library: LibraryFolder) throws -> FileIdentity {
        let status = try LinuxCalls().status(-100, library.path + "/" + source())
        return status.identity
    }

    func perform(_ identity: FileIdentity, in library: LibraryFolder) throws {
        let placement = Placement(library: library)
        let home = KnownFile(path: try path(Self.home), identity: identity)
        let aside = SetAsideFile(folder: .damaged, name: Self.aside, identity: identity)
        let id = try image(of: Self.bytes)
        switch self {
        case .evict: try placement.evict(home, of: id, with: proof(of: id)) { .zero }
        case .returnEvicting: _ = try placement.returnEvicting(id, to: home.path)
        case .setAside: _ = try placement.setAside(home, into: .trash, as: Self.aside)
        case .putBack: _ = try placement.putBack(aside, at: home.path)
        case .moveAside: _ = try placement.moveAside(aside, to: .trash)
        case .purge: try placement.purge(aside)
        case .move: _ = try placement.move(home, to: path("new/b.jpg"), pruning: true)
        }
    }

    /// Every place in the library's folder, the agent's own ones included, where there is a file of these bytes.
    static func places(of bytes: [UInt8] = Self.bytes, in library: LibraryFolder) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: library.path)
            .filter { FileManager.default.contents(atPath: library.path + "/" + $0) == Data(bytes) }.sorted()
    }
}
