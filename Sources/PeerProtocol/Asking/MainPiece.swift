import NIOCore

/// Some bytes of a main that came from a peer, as they lie in the transport's own memory: nothing is copied on the way
/// between the network and the disk.
public struct MainPiece: Sendable, Sequence {
    private var buffers: [ByteBuffer] = []
    /// How many bytes.
    public private(set) var count = 0

    init() {}

    /// Calls `body` with the bytes, part by part in their order.
    public func forEachPart<Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        for buffer in buffers {
            // The closure of another library carries no typed error.
            let result = buffer.withUnsafeReadableBytes { bytes -> Result<Void, Failure> in
                do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
            }
            try result.get()
        }
    }

    /// The bytes one by one.
    public func makeIterator() -> AnyIterator<UInt8> {
        AnyIterator(buffers.lazy.flatMap(\.readableBytesView).makeIterator())
    }

    /// See `Sequence`.
    public var underestimatedCount: Int { count }

    mutating func append(_ buffer: ByteBuffer) {
        count += buffer.readableBytes
        buffers.append(buffer)
    }
}
