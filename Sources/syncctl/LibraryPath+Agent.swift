import Control
import Foundation
import Glibc
import Model

extension LibraryPath {
    /// For the library of the agent behind `client`, and this command's own folder.
    init(asking client: ControlClient) async throws {
        self.init(
            library: try await client.status().library.path,
            current: FileManager.default.currentDirectoryPath,
            real: { path in
                guard let pointer = realpath(path, nil) else { return nil }
                defer { free(pointer) }
                return String(validatingCString: pointer)
            })
    }

    /// The path of an image. Throws `usage` for a path that cannot be one.
    func image(_ argument: String) throws -> RelativePath {
        let text = try resolve(argument)
        do { return try RelativePath(text) } catch {
            throw ControlFailure(.usage, "'\(argument)' \(error): name an image in the library.")
        }
    }
}
