import Disk
import Imaging
import Model

/// A main's file for the decoder, which reads it by itself.
private final class OpenPicture: OpenMain {
    private let file: OpenFile

    init(_ file: OpenFile) { self.file = file }

    var descriptor: Int32 { file.descriptor }

    func checkUnchanged() throws { try file.checkUnchanged() }
}

extension LibraryFolder {
    /// Bytes of a file that tell its type.
    private static let head = 32

    /// A main as it is to be reduced: in memory where this process decodes it itself, else open. Blocks.
    ///
    /// - Throws: `DiskError`, also where it is another file now.
    func source(_ path: RelativePath, expecting identity: FileIdentity) throws -> ReducingSource {
        let file = try open(path, expecting: identity)
        let head = try file.read(from: 0, count: Self.head)
        if let type = ImageType(head: head), ImageType.withPicture.contains(type), !Reducer.isReadInMemory(type) {
            return .file(OpenPicture(file), head: head)
        }
        return .bytes(try readWhole(path, limit: ImagingLimits.largestJPEG, expecting: identity))
    }
}
