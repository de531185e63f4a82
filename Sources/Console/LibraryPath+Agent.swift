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
            home: Environment.home,
            real: { path in
                guard let pointer = realpath(path, nil) else { return nil }
                defer { free(pointer) }
                return String(validatingCString: pointer)
            })
    }
}

/// The paths that arguments mean. `known` tells which of some paths the agent knows an image at or below of: what is only
/// elsewhere stands in no folder here. Each throws `usage` for an argument that names nothing in the library.
extension LibraryPath {
    typealias Known = @Sendable ([RelativePath]) async throws -> [RelativePath]

    /// The path of an image or a folder; nil for the library itself.
    func place(_ argument: String, known: Known) async throws -> RelativePath? {
        try await resolve([argument], known).first.flatMap { $0.path.isEmpty ? nil : try path($0, argument) }
    }

    /// The path of an image.
    func image(_ argument: String, known: Known) async throws -> RelativePath {
        guard let path = try await place(argument, known: known) else {
            throw ControlFailure(.usage, "'\(argument)' is the whole library: name an image in it.")
        }
        return path
    }

    /// The paths of images and folders; none where one of them is the library itself, and so all of it.
    ///
    /// `.` outside the library, and all else that is the whole library without being its name, is refused: a slip that
    /// would mean everything.
    func places(_ arguments: [String], known: Known) async throws -> [RelativePath] {
        var places: [RelativePath] = []
        var isAll = false
        for (argument, meaning) in zip(arguments, try await resolve(arguments, known)) {
            if !meaning.path.isEmpty {
                places.append(try path(meaning, argument))
            } else if meaning.isShells {
                isAll = true
            } else {
                throw ControlFailure(
                    .usage, "'\(argument)' names nothing in the library \(library): name an image or a folder in it.")
            }
        }
        return isAll ? [] : places
    }

    private func path(_ meaning: Meaning, _ argument: String) throws -> RelativePath {
        do { return try RelativePath(meaning.path) } catch {
            throw ControlFailure(.usage, "'\(argument)' \(error): name an image or a folder in the library.")
        }
    }

    /// Takes of each argument the first meaning that stands here or that the agent knows; without one, the shell's.
    ///
    /// The agent is asked once, for what the folders here do not tell.
    private func resolve(_ arguments: [String], _ known: Known) async throws -> [Meaning] {
        let all = arguments.map { meanings(of: $0) }
        let open = all.filter { meanings in
            guard let first = meanings.inside.first, !isHere(first) else { return false }
            return meanings.inside.count > 1 || meanings.outside != nil
        }.flatMap(\.inside).compactMap { try? RelativePath($0.path) }
        let asked = open.isEmpty ? [] : Set(try await known(open))
        return try zip(arguments, all).map { argument, meanings in
            let found = meanings.inside.first { meaning in
                isHere(meaning) || (try? RelativePath(meaning.path)).map(asked.contains) == true
            }
            if let found { return found }
            guard meanings.outside == nil, let first = meanings.inside.first else {
                throw failure(argument, meanings)
            }
            return first
        }
    }
}
