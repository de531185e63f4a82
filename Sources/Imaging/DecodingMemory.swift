import Foundation
public import Model

/// The memory that pictures may take up while they are decoded, shared by all pools: one that needs much waits until
/// others are done.
public final class DecodingMemory: Sendable {
    /// Bytes for all of them together.
    public let bytes: Int
    private let condition = NSCondition()
    nonisolated(unsafe) private var used = 0

    /// - Parameter bytes: nil for a quarter of the machine's memory, and 512 MB at least.
    public init(bytes: Int? = nil) {
        self.bytes = bytes ?? max(512_000_000, Int(clamping: ProcessInfo.processInfo.physicalMemory / 4))
    }

    /// Calls `body` when so many bytes are free. Blocks the thread until then: for the pools' own threads only. What needs
    /// more than there is gets all of it, and is alone.
    func take<T>(_ bytes: Int, _ body: () throws -> T) rethrows -> T {
        let share = min(max(bytes, 0), self.bytes)
        condition.withLock {
            while used > self.bytes - share { condition.wait() }
            used += share
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
    /// Bytes that decoding a main may need: the file itself, and all of its coefficients where they come in several passes.
    public func memory(decoding info: FileInfo) -> Int {
        let samples = info.size.map { Int64($0.width).multipliedReportingOverflow(by: Int64($0.height)) }
        let coefficients =
            switch samples {
            case (let pixels, false)?: pixels > Int64(coefficientBytes) / 6 ? coefficientBytes : Int(pixels) * 6
            default: coefficientBytes
            }
        return Int(clamping: min(info.mainBytes, Int64(Self.largestJPEG))) + coefficients
    }
}
