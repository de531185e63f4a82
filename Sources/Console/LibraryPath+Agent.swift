import Control
import Foundation
import Glibc
import Model

extension LibraryPath {
    /// For the library of the agent behind `client`, and this command's own folder.
    init(asking client: ControlClient) async throws { self.init(of: try await client.status().library) }

    /// For `library`, and this command's own folder.
    init(of library: StatusReport.Library) {
        self.init(
            library: library.path,
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

    /// The paths of images and folders; none where one of them is the library itself, and so all of it.
    ///
    /// An empty argument is refused, and so is `.` outside the library: both are slips that would mean everything.
    func places(_ arguments: [String]) throws -> [RelativePath] {
        var places: [RelativePath] = []
        var isAll = false
        for argument in arguments {
            let text = try resolve(argument)
            if text.isEmpty {
                guard !argument.isEmpty, argument.hasPrefix("/") || isInside else {
                    throw ControlFailure(
                        .usage,
                        "'\(argument)' names nothing in the library \(library): name an image or a folder in it.")
                }
                isAll = true
            } else {
                places.append(try image(argument))
            }
        }
        return isAll ? [] : places
    }
}
