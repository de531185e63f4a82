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

    init(catalogue: CatalogueDatabase, peers: TrustedPeers, name: String, path: String, form: HeldForm?) {
        self.catalogue = catalogue
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
            let lines = images.map(line).filter { form == nil || $0.form == form }
            if !lines.isEmpty { return lines }
        }
        return nil
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
