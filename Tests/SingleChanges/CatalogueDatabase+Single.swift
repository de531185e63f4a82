public import Catalogue
public import Model
public import Planning

/// Changes of a catalogue, each of them a whole one: for tests, in which nobody else changes it meanwhile.
extension CatalogueDatabase {
    @discardableResult
    public func apply(_ changes: [OwnChange]) async throws -> Set<ImageID> {
        try await change { turn in try await self.apply(changes, turn) }
    }

    public func intend(_ aside: Aside, at now: Duration) async throws -> Custody.Refusal? {
        try await change { turn in try await self.intend(aside, at: now, turn) }
    }

    public func intend(_ moves: [Moving]) async throws {
        try await change { turn in try await self.intend(moves, turn) }
    }

    public func finishMoves(
        _ renames: [OwnRename], except open: Set<RelativePath> = []
    ) async throws -> Set<ImageID> {
        try await change { turn in try await self.finishMoves(renames, except: open, turn) }
    }

    @discardableResult
    public func finishAside(_ name: String) async throws -> Set<ImageID> {
        try await change { turn in try await self.finishAside(name, turn) }
    }

    public func returned(_ name: String, as own: OwnFile) async throws -> Set<ImageID> {
        try await change { turn in try await self.returned(name, as: own, turn) }
    }

    public func recordEviction(
        of image: ImageID, file: RelativePath, reduced: OwnFile, asks: Form? = nil
    ) async throws -> Set<ImageID> {
        try await change { turn in
            try await self.recordEviction(of: image, file: file, reduced: reduced, asks: asks, turn)
        }
    }

    public func recordRendition(
        _ file: OwnFile, of recipe: RecipeID, generation: Int64
    ) async throws -> Set<ImageID>? {
        try await change { turn in try await self.recordRendition(file, of: recipe, generation: generation, turn) }
    }
}
