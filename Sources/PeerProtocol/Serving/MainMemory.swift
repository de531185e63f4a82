import NIOCore
import Synchronization

/// Memory that parts of a main are read into on their way to a peer, one after the other: the transport sends them from
/// where the disk has put them. What is still on its way is not written over.
public final class MainMemory: Sendable {
    private let buffer = Mutex(ByteBuffer())

    init() {}

    /// What was read last.
    var contents: ByteBuffer { buffer.withLock { $0 } }

    /// Takes the bytes that `read` writes to the memory it is given, and tells the number of. What was here before is
    /// gone.
    public func fill(
        upTo count: Int, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int {
        try buffer.withLock { buffer in
            // Whoever still sends the old bytes keeps them: memory that is shared is left to them, and new is taken.
            buffer.clear(minimumCapacity: count)
            return try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
                try read(UnsafeMutableRawBufferPointer(rebasing: memory[..<count]))
            }
        }
    }
}
