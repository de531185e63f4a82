import Control
import Foundation
import Glibc

/// Where a person wants a file.
struct FilePlace: Sendable {
    enum Kind: Sendable, Equatable {
        /// `-`.
        case standardOutput
        /// A device or a named pipe: written as it is.
        case stream(String)
        /// A name in a folder.
        case file(String)
        /// A folder, for the picture's own name.
        case folder(String)
    }

    let kind: Kind
    /// Whether a file that is there is replaced.
    let replaces: Bool

    /// What `argument` means. Throws ``ControlFailure`` where nothing can be written there: a file is there and is not
    /// to be replaced, the folder is missing, or it is the agent's own.
    ///
    /// - Parameter library: the library's folder.
    init(_ argument: String, replaces: Bool, library: String) throws {
        self.replaces = replaces
        guard argument != "-" else {
            kind = .standardOutput
            return
        }
        guard !argument.isEmpty else { throw ControlFailure(.usage, "The file to write has no name.") }
        let real = Self.real(argument)
        // A pipe that is named through /dev/fd has no path of its own.
        let isNameless = real == nil && FileManager.default.fileExists(atPath: argument)
        switch isNameless ? .typeUnknown : real.map(Self.type) ?? .typeRegular {
        case .typeDirectory: kind = .folder(argument.hasSuffix("/") ? argument : argument + "/")
        case .typeRegular:
            guard !argument.hasSuffix("/") else {
                throw ControlFailure(.failed, "The folder '\(argument)' is not there: make it, or name another.")
            }
            // A link stays, and what it leads to is replaced.
            kind = .file(real ?? argument)
        default: kind = .stream(argument)
        }
        try check(library)
    }

    private init(kind: Kind, replaces: Bool) {
        self.kind = kind
        self.replaces = replaces
    }

    /// The place of a file called `name`, where this is a folder; otherwise this.
    func named(_ name: String) throws -> FilePlace {
        guard case .folder(let folder) = kind else { return self }
        let place = FilePlace(kind: .file(folder + name), replaces: replaces)
        try place.checkAbsence()
        return place
    }

    /// The file, as a person may open it; nil for what is none.
    var path: String? {
        switch kind {
        case .file(let path), .folder(let path): path
        case .standardOutput, .stream: nil
        }
    }

    private func check(_ library: String) throws {
        guard let path else { return }
        let folder = Self.folder(of: path)
        guard let real = Self.real(folder) else {
            throw ControlFailure(
                .failed, "The folder '\(folder)' cannot be used (\(String(cString: strerror(errno)))): name another.")
        }
        if let own = Self.real(library + "/.mainstay"), real == own || real.hasPrefix(own + "/") {
            throw ControlFailure(.usage, "'\(path)' lies in the agent's own folder: name another place.")
        }
        try checkAbsence()
    }

    private func checkAbsence() throws {
        guard case .file(let path) = kind else { return }
        // The name itself: a link that leads nowhere takes it, too.
        guard let type = Self.type(path) else { return }
        if type == .typeDirectory { throw ControlFailure(.failed, "'\(path)' is a folder: name a file.") }
        if !replaces { throw Self.taken(path) }
    }

    static func taken(_ path: String) -> ControlFailure {
        ControlFailure(.failed, "'\(path)' is there already: name another file, or add --force to replace it.")
    }

    /// The folder that a file lies in.
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    private static func type(_ path: String) -> FileAttributeType? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    }

    private static func real(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(validatingCString: pointer)
    }
}
