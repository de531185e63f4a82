import Foundation
import Model

/// The memory that pictures may take up while they are decoded, shared by all pools: one that needs much waits until
/// others are done.
public final class DecodingMemory: Sendable {
    /// Bytes for all of them together.
    public let bytes: Int
    private let condition = NSCondition()
    nonisolated(unsafe) private var used = 0
    /// The tickets of who comes and of whose turn it is: first come, first served, so that large ones come, too.
    nonisolated(unsafe) private var (next, turn) = (0, 0)

    /// - Parameter bytes: nil for a quarter of the machine's memory, and 512 MB at least.
    public init(bytes: Int? = nil) {
        self.bytes = bytes ?? max(512_000_000, Int(clamping: ProcessInfo.processInfo.physicalMemory / 4))
    }

    /// Calls `body` when so many bytes are free. Blocks the thread until then: for the pools' own threads only. What needs
    /// more than there is gets all of it, and is alone.
    func take<T>(_ bytes: Int, _ body: () throws -> T) rethrows -> T {
        let share = min(max(bytes, 0), self.bytes)
        condition.withLock {
            let ticket = next
            next += 1
            while turn != ticket || used > self.bytes - share { condition.wait() }
            turn += 1
            used += share
            condition.broadcast()
        }
        defer {
            condition.withLock {
                used -= share
                condition.broadcast()
            }
        }
        return try body()
    }
}

extension ImagingLimits {
    /// Bytes that decoding a picture may need: the file itself, and all of its coefficients where they come in several
    /// passes. Of what has no header that tells its size, as much as of the largest.
    func memory(decoding file: [UInt8]) -> Int {
        let size = ImageInspector.facts(of: file).size
        let (pixels, isTooMany) = size.map { $0.width.multipliedReportingOverflow(by: $0.height) } ?? (0, true)
        return file.count + (isTooMany || pixels > coefficientBytes / 6 ? coefficientBytes : pixels * 6)
    }
}
