import Disk
import Model

extension Shelf {
    /// Names that are tried for what is made of one main. A picture with more edits than that has another problem.
    private static let attempts = 500

    /// Places a file beside its main, under the first name for renditions that is free.
    ///
    /// - Parameters:
    ///   - isPNG: whether it is a PNG, or stands for one, in place of a JPEG.
    ///   - isFree: whether no other image is known at a path.
    ///   - place: tries a path, and throws ``DiskError/Code/exists`` where something stands there.
    func free(
        from main: RelativePath, isPNG: Bool, isFree: (RelativePath) async throws -> Bool,
        place: @escaping @Sendable (LibraryFolder, RelativePath) throws -> KnownFile
    ) async throws -> KnownFile {
        for number in 1...Self.attempts {
            let path = main.edited(number, isPNG: isPNG)
            guard (try? RelativePath(path.description)) != nil else { break }
            guard try await isFree(path) else { continue }
            do {
                return try await run { try place($0, path) }
            } catch let error as DiskError where error.code == .exists {
                continue
            }
        }
        throw DiskError(
            code: .exists,
            message: "There is no name left for an edited picture of '\(main)'; undo edits, or give it a shorter name.",
            path: main.description, isRetryable: false)
    }
}
