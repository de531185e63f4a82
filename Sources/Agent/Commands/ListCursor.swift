import Catalogue
import Control
import Model

/// The pages of one `ls`, each read when it is asked for.
actor ListCursor {
    /// Lines a page: a few tens of kilobytes of JSON.
    private static let page = 500

    private let catalogue: CatalogueDatabase
    private let peers: TrustedPeers
    private let name: String
    private let path: String
    private let form: HeldForm?
    private var last: (path: RelativePath, image: ImageID)?
    private var isOver = false
    private var groups: FolderGroups

    init(catalogue: CatalogueDatabase, peers: TrustedPeers, name: String, path: String, form: HeldForm?) {
        self.catalogue = catalogue
        groups = FolderGroups(catalogue)
        self.peers = peers
        self.name = name
        self.path = path
        self.form = form
    }

    /// The next lines; nil after the last.
    func next() async throws -> [ImageLine]? {
        while !isOver {
            let images = try await catalogue.list(under: path, after: last, limit: Self.page)
            isOver = images.count < Self.page
            last = images.last.map { ($0.info.path, $0.info.image) } ?? last
            // Those of one form are told one by one.
            var lines: [ImageLine] = []
            if let form {
                lines = images.map(line).filter { $0.form == form }
            } else {
                lines = try await grouped(images)
            }
            if !lines.isEmpty { return lines }
        }
        return nil
    }

    /// The lines of images, each with what belongs to it.
    private func grouped(_ images: [ListedImage]) async throws -> [ImageLine] {
        var leads: [RelativePath: FileGroup] = [:]
        var groups = groups
        var lines: [ImageLine] = []
        for image in images {
            var line = line(image)
            if let group = try await groups.group(of: line.path) {
                if group.lead.path == line.path {
                    leads[line.path] = group
                } else if group.lead.path.isWithin(path) {
                    line.group = group.lead.path
                }
            }
            lines.append(line)
        }
        if let last = images.last { groups.forget(before: last.info.path) }
        self.groups = groups
        guard !leads.isEmpty else { return lines }
        var known = Dictionary(images.lazy.map { ($0.info.path, $0) }) { first, _ in first }
        let missing = leads.values.flatMap(\.parts).map(\.path).filter { known[$0] == nil }
        let others = try await catalogue.list(at: missing)
        known.merge(others) { first, _ in first }
        for (index, line) in lines.enumerated() {
            lines[index].parts = leads[line.path]?.parts.compactMap { part in
                known[part.path].map { Self.part(part, $0, name: name, peers: peers) }
            }
        }
        return lines
    }

    /// A part as it is listed.
    static func part(_ part: FileGroup.Part, _ image: ListedImage, name: String, peers: TrustedPeers) -> GroupPart {
        let isMainHere = image.isHere && image.info.form == .main
        return GroupPart(
            path: part.path, kind: part.kind, form: HeldForm(image.isHere ? image.info.form : nil),
            bytes: image.isHere ? image.info.bytes : 0, mainBytes: image.info.mainBytes,
            holders: (isMainHere ? [name] : []) + image.holders.map(peers.name))
    }

    private func line(_ image: ListedImage) -> ImageLine {
        let isMainHere = image.isHere && image.info.form == .main
        return ImageLine(
            path: image.info.path, image: image.info.image, form: HeldForm(image.isHere ? image.info.form : nil),
            bytes: image.isHere ? image.info.bytes : 0, mainBytes: image.info.mainBytes, size: image.info.size,
            captured: image.info.captured, duration: image.info.seconds,
            holders: (isMainHere ? [name] : []) + image.holders.map(peers.name))
    }
}
