import Crypto
import Disk
import Foundation
import Model
import Planning
import TestSupport

/// Bytes that differ from one seed to the next.
func sampleBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0...count / 8).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) }.prefix(count).map { $0 }
}

/// The image that a main of these bytes is.
func image(of bytes: [UInt8]) throws -> ImageID {
    guard let name = Bytes32(Array(SHA256.hash(data: Data(bytes)))) else { throw CocoaError(.coderInvalidValue) }
    return ImageID(name)
}

/// A path that a test is sure of.
func path(_ text: String) throws -> RelativePath { try RelativePath(text) }

/// The file as it stands in a library now.
func known(_ text: String, in library: LibraryFolder) throws -> KnownFile {
    guard let found = try library.find(path(text)) else { throw CocoaError(.fileNoSuchFile) }
    return KnownFile(path: found.path, identity: found.identity)
}

/// The error that `body` throws, if any.
func diskError(_ body: () throws -> Void) -> DiskError? {
    do {
        try body()
        return nil
    } catch {
        return error as? DiskError
    }
}

/// A folder that is there while `body` runs, and gone afterwards.
func withFolder(_ body: @Sendable (URL) async throws -> Void) async throws {
    try await withTemporaryFolder { try await body($0) }
}

/// The proof that another node holds an image, valid until 90 seconds after the beginning of time.
func proof(of image: ImageID) throws -> EvictionProof {
    var check = HoldCheck(image: image, minimum: 1)
    check.asks(Sample.node(1), expecting: image.bytes, seconds: 100, at: .zero)
    _ = check.answered(Sample.node(1), proof: image.bytes, seconds: 100, at: .zero)
    guard let proof = check.proof(at: .zero) else { throw CocoaError(.coderInvalidValue) }
    return proof
}
