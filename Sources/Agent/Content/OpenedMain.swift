import Disk
import Model
import PeerProtocol

/// A main that is open for reading.
struct OpenedMain: MainReading {
    private let file: OpenFile
    private let threads: DiskThreads
    /// The giving of it to a peer; nil for a person here.
    private let delivery: ServedMains.Delivery?
    /// All of a small one, read while it was opened: one visit to the disk instead of two.
    private let whole: [UInt8]?

    /// Opened a moment ago. Blocks.
    init(_ file: OpenFile, _ threads: DiskThreads, _ delivery: ServedMains.Delivery?) throws {
        self.file = file
        self.threads = threads
        self.delivery = delivery
        let isSmall = file.found.identity.bytes <= Policy.smallMain
        whole =
            isSmall ? try Self.read(file, delivery) { try file.read(from: 0, count: Int(Policy.smallMain)) } : nil
    }

    var size: Int64 { file.found.identity.bytes }

    func read(from offset: Int64, count: Int) async throws -> [UInt8] {
        if let whole { return Array(whole.dropFirst(Int(clamping: offset)).prefix(count)) }
        return try await threads.run { try Self.read(file, delivery) { try file.read(from: offset, count: count) } }
    }

    func read(from offset: Int64, count: Int, into memory: MainMemory) async throws -> Int {
        if let whole {
            return try memory.fill(upTo: count) { memory in
                let part = whole.dropFirst(Int(clamping: offset)).prefix(count)
                memory.copyBytes(from: part)
                return part.count
            }
        }
        return try await threads.run {
            try Self.read(file, delivery) { try memory.fill(upTo: count) { try file.read(from: offset, into: $0) } }
        }
    }

    /// What is read is of the file as it was when it was opened, and before its eviction began.
    private static func read<T>(
        _ file: OpenFile, _ delivery: ServedMains.Delivery?, _ body: () throws -> T
    ) throws -> T {
        let result = try body()
        try file.checkUnchanged()
        if delivery?.isStopped ?? false { throw ContentFault.evicting }
        return result
    }

    func close() async { delivery?.end() }
}
