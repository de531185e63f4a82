import Catalogue
import Control
import Foundation
import Model
import Planning

/// How edits stand.
extension EditService {
    func edits(under paths: [RelativePath]) -> AsyncThrowingStream<[EditLine], any Error> {
        .running { answers in
            for path in paths.isEmpty ? [""] : paths.map(\.description) {
                var last: Edit?
                var isEmpty = true
                while true {
                    try Task.checkCancellation()
                    let edits = try await catalogue.edits(under: path, after: last, limit: 500)
                    var lines: [EditLine] = []
                    for edit in edits { lines.append(try await line(of: edit)) }
                    if !lines.isEmpty { answers.yield(lines) }
                    isEmpty = isEmpty && lines.isEmpty
                    guard edits.count == 500, let end = edits.last else { break }
                    last = end
                }
                if isEmpty, let path = try? RelativePath(path) { answers.yield(try await edits(at: path)) }
            }
        }
    }

    /// The edits of the image that has this path in another way than the one at which it was edited.
    private func edits(at path: RelativePath) async throws -> [EditLine] {
        var lines: [EditLine] = []
        if let edit = try await previewed(at: path) { lines.append(try await line(of: edit)) }
        let images = try await node.images(at: path).map(\.image)
        for image in images {
            for edit in try await catalogue.edits(making: image) { lines.append(try await line(of: edit)) }
            for edit in try await catalogue.edits(of: image) { lines.append(try await line(of: edit)) }
        }
        if lines.isEmpty && images.isEmpty {
            throw ControlFailure(
                .notFound, "No image is known at '\(path)'; `syncctl ls` lists those that are, by their mains' paths.")
        }
        return lines
    }

    /// The edit of which the preview stands at a path, or would as a reduced copy of it.
    func previewed(at path: RelativePath) async throws -> Edit? {
        var preview = try await catalogue.preview(at: path)
        if preview == nil { preview = try await catalogue.preview(at: path.reduced) }
        guard let recipe = preview?.recipe else { return nil }
        return try await catalogue.edit(recipe)
    }

    /// How an edit stands.
    func line(of edit: Edit) async throws -> EditLine {
        var line = EditLine(
            path: edit.path, image: edit.recipe.image, recipe: edit.recipe.id, look: edit.recipe.look, state: .waiting,
            by: edit.by == node.id ? node.name : node.peers.knownName(of: edit.by),
            at: Date(timeIntervalSince1970: TimeInterval(edit.at)))
        if let made = edit.made, let rendition = try await catalogue.situations(of: [made.image]).first,
            !rendition.isDeleted
        {
            let own = rendition.main ?? rendition.own.first
            let claim = rendition.claims.first { $0.info.form == .main }
            line.rendition = (own?.info ?? claim?.info)?.path
            line.preview = own?.file
            line.holder = rendition.main != nil ? node.name : claim.map { node.peers.name(of: $0.peer) }
        }
        if line.preview == nil { line.preview = try await catalogue.preview(of: edit.recipe.id)?.file }
        guard let situation = try await catalogue.situations(of: [edit.recipe.image]).first else { return line }
        let step = await node.planner().run(edit, situation, own: node.id, waited: .zero)
        switch step {
        case .nothing(.made): line.state = .made
        case .nothing(.undone): line.state = .undone
        case .run:
            line.state = renditions.running == edit.recipe.id ? .running : .waiting
            line.holder = node.name
        case .wait(let holder, _), .nothing(.elsewhere(let holder, answers: _)):
            line.holder = node.peers.name(of: holder)
        default: break
        }
        if line.state == .waiting {
            line.reason = step.obstacle(name: node.peers.name(of:)) ?? renditions.fault(of: edit)
        }
        return line
    }
}
