import Model

/// Reads the facts of a picture from its file's bytes as they pass by, in one go and without looking back.
///
/// Give it every chunk of the file in order, of any size; what it does not need costs nothing. It holds at most one
/// metadata segment (64 KiB) at a time. No content makes it fail: what cannot be read is nil in the facts.
public struct ImageInspector: Sendable {
    /// An inspector before the file's first byte.
    public init() {}

    /// Takes the next bytes of the file. The chunk is not kept.
    public mutating func consume(_ chunk: UnsafeRawBufferPointer) {}

    /// The facts, once the file has ended, or has been shown as far as anybody cares to.
    public mutating func finish() -> ImageFacts { ImageFacts() }

    /// The facts of a whole file in memory.
    public static func facts(of file: [UInt8]) -> ImageFacts {
        var inspector = ImageInspector()
        file.withUnsafeBytes { inspector.consume($0) }
        return inspector.finish()
    }
}
