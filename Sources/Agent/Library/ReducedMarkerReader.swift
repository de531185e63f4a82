import Disk
import Imaging
import Model

/// Reads what a reduced copy on the disk says of itself.
enum ReducedMarkerReader {
    /// The marker inside the file; nil when it is no reduced copy.
    static func marker(of file: RelativePath, in folder: LibraryFolder) throws -> ReducedMarker? {
        var inspector = ImageInspector()
        let bytes = try folder.readWhole(file, limit: ImagingLimits().reducedCopyBytes)
        bytes.withUnsafeBytes { inspector.consume($0) }
        return inspector.finish().marker
    }
}
