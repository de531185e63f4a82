import Catalogue
import Foundation
import Model

/// How many machines there are, and who knows whom.
struct HistoryShape: Hashable {
    var count: Int
    /// Whether all machines know each other, or only the archive knows all.
    var isMesh: Bool
}

/// How a history begins, where all agree.
struct HistoryStart: Sendable {
    var disks: [HistoryDisk]
    var heard: [[NodeID: Record.Sequence]]
    var memory: Memory
    var album: Album
}

/// A folder for the catalogues of one history after the other.
public struct HistoryStage: Sendable {
    private let folder: URL
    private(set) var starts: [HistoryShape: HistoryStart] = [:]

    /// In memory, where the machine has such a place for files. Makes what the catalogues of a history are copies of.
    public init() async throws {
        let memory = URL(filePath: "/dev/shm")
        let parent =
            FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        folder = parent.appending(path: "mainstay-histories-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            try await prepare()
        } catch {
            try? end()
            throw error
        }
    }

    /// Removes it.
    public func end() throws { try FileManager.default.removeItem(at: folder) }

    private mutating func prepare() async throws {
        for index in HistoryKind.names.indices {
            let catalogue = try CatalogueDatabase(path: path(index, nil))
            try await catalogue.setSetting(CatalogueDatabase.lookedAt, to: "yes")
            for peer in HistoryKind.names.indices where peer != index {
                try await catalogue.setPeer(
                    PeerRow(
                        id: HistoryKind.node(peer), name: HistoryKind.names[peer], certificate: [], addresses: [],
                        paired: 0, standing: PeerStanding(.archive)))
            }
            try catalogue.close()
        }
        for shape in [3, 4].flatMap({ [HistoryShape(count: $0, isMesh: true), .init(count: $0, isMesh: false)] }) {
            let catalogues = try catalogues(shape, isBlank: true)
            let house = HistoryHouse(seed: 1, shape, catalogues: catalogues, start: nil, mistake: nil) { _ in }
            try await house.begin()
            try await house.settle()
            try await house.judge(isWhole: true)
            for catalogue in catalogues { try catalogue.close() }
            for index in catalogues.indices { try copy(running(index), to: path(index, shape)) }
            starts[shape] = HistoryStart(
                disks: house.nodes.map(\.disk), heard: house.nodes.map(\.heard), memory: house.memory,
                album: house.album)
        }
    }

    private func path(_ index: Int, _ shape: HistoryShape?) -> String {
        let name = shape.map { "\($0.count)\($0.isMesh)" } ?? "blank"
        return folder.appending(path: "\(name)-\(index).sqlite").path
    }

    private func running(_ index: Int) -> String { folder.appending(path: "\(index).sqlite").path }

    private func copy(_ path: String, to other: String) throws {
        let files = FileManager.default
        for ending in ["", "-wal", "-shm"] {
            if files.fileExists(atPath: other + ending) { try files.removeItem(atPath: other + ending) }
            guard ending != "-shm", files.fileExists(atPath: path + ending) else { continue }
            try Data(contentsOf: URL(filePath: path + ending)).write(to: URL(filePath: other + ending))
        }
    }

    /// The catalogues of a history that begins.
    func catalogues(_ shape: HistoryShape, isBlank: Bool) throws -> [CatalogueDatabase] {
        try (0..<shape.count).map { index in
            try copy(path(index, isBlank ? nil : shape), to: running(index))
            return try CatalogueDatabase(path: running(index))
        }
    }
}
