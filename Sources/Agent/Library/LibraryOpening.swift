import Catalogue
import Disk
import Model

/// Opening the library when the node starts: made when it is new to this node, recognised by its marker ever after.
struct LibraryOpening {
    /// The catalogue's setting that remembers which library this node's is.
    static let key = "library"

    let path: String
    let catalogue: CatalogueDatabase
    let calls: any SystemCalls
    let rules: IgnoreRules

    /// The rules as the catalogue remembers them.
    static func text(of rules: IgnoreRules) -> String {
        (IgnoreRules.standard + rules.patterns).joined(separator: "\n")
    }

    /// - Returns: the library, or the reason why it is not there; then the node starts and waits for it.
    /// - Throws: ``AgentError`` when another agent has it, or it cannot be made.
    func open() async throws -> Result<LibraryFolder, DiskError> {
        try await catalogue.look(under: Self.text(of: rules))
        let remembered = try await catalogue.setting(Self.key)
        do {
            let opening: LibraryFolder.Opening = remembered.map { .expect(id: $0) } ?? .create
            let folder = try LibraryFolder(path: path, opening, calls: calls, ignoring: rules)
            if remembered == nil { try await catalogue.setSetting(Self.key, to: folder.id) }
            return .success(folder)
        } catch let error as DiskError {
            switch error.code {
            case .locked: throw AgentError(.alreadyRunning, error.message, cause: error)
            case .libraryMissing where remembered != nil: return .failure(error)
            default: throw AgentError(.failed, error.message, cause: error)
            }
        }
    }
}
