import Catalogue
import Disk
import Imaging
import Model
import PeerProtocol

/// The one reader of what stands here: mains, and reduced copies, for whoever is to see them.
///
/// A caller has a name, by which it takes its turn where work is to be done. A file that is another than the catalogue says
/// is looked at again; one that cannot be read is reported to the person here.
struct Content: Sendable {
    let shelf: Shelf
    let catalogue: CatalogueDatabase
    let copies: ReducedCopies
    let served: ServedMains
    let library: LibraryService
    let problems: Problems
    let limits: ImagingLimits

    /// Who reads.
    enum Caller: Sendable {
        /// A peer. What it is given of a main is noted, and nothing of what is being evicted.
        case peer(NodeID)
        /// This node, for a person here or for itself.
        case own(NodeID)

        var id: NodeID {
            switch self {
            case .peer(let id), .own(let id): id
            }
        }
    }

    /// The types of mains that reduced copies are made of here.
    var reduces: Set<ImageType> { copies.types }

    /// Opens the main of an image.
    ///
    /// - Throws: ``ContentFault``; `CatalogueError`.
    func main(of image: ImageID, for caller: Caller) async throws -> OpenedMain {
        guard let own = try await catalogue.ownFiles(of: image).first(where: { $0.info.form == .main }) else {
            throw ContentFault.notHere
        }
        return try await main(own, for: caller)
    }

    /// Opens a main.
    ///
    /// - Throws: ``ContentFault``; `CatalogueError`.
    func main(_ own: OwnFile, for caller: Caller) async throws -> OpenedMain {
        let (file, stamp, threads) = (own.file, own.stamp, shelf.threads)
        // Noted before the mark is looked for, as the mark is set before this is.
        let delivery = try await delivery(of: [own.info.image], to: caller)
        do {
            if delivery != nil, try await !catalogue.evicting(among: [own.info.image]).isEmpty {
                throw ContentFault.evicting
            }
            return try await shelf.run { try OpenedMain($0.open(file, expecting: stamp.identity), threads, delivery) }
        } catch {
            delivery?.end()
            throw await fault(error, own.file)
        }
    }

    /// The bytes of those mains that are small enough together; nil for any other, and for what cannot be read now.
    func mains(of images: [ImageID], upTo bytes: Int, for caller: Caller) async throws -> [[UInt8]?] {
        let delivery = try await delivery(of: images, to: caller)
        defer { delivery?.end() }
        let evicting = try await delivery == nil ? [] : catalogue.evicting(among: images)
        let mains = try await catalogue.ownMains(of: images).map { own in
            own.flatMap { evicting.contains($0.info.image) ? nil : $0 }
        }
        let read = try await shelf.run { folder in
            var left = bytes
            return mains.map { own -> [UInt8]? in
                guard let own, own.info.bytes <= left else { return nil }
                do throws(DiskError) {
                    let main = try folder.readWhole(own.file, limit: left, expecting: own.stamp.identity)
                    left -= main.count
                    return main
                } catch {
                    // Asked for alone, it is told and reported what the matter is.
                    return nil
                }
            }
        }
        return delivery?.isStopped ?? false ? read.map { _ in nil } : read
    }

    private func delivery(of images: [ImageID], to caller: Caller) async throws -> ServedMains.Delivery? {
        switch caller {
        case .peer(let id): try await served.begin(images, to: id)
        case .own: nil
        }
    }

    /// A reduced copy of an image: made of its main, or one that stands here and is as large.
    ///
    /// - Parameter kept: a copy of what the main was before, whose picture may be right still.
    /// - Throws: ``ContentFault``; `CatalogueError`.
    func reducedCopy(
        of image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture? = nil, for caller: Caller
    ) async throws -> [UInt8] {
        let own = try await catalogue.ownFiles(of: image)
        if let main = own.first(where: { $0.info.form == .main }) {
            return try await reducedCopy(of: main, edge: edge, quality: quality, keeping: kept, for: caller)
        }
        guard let copy = own.first(where: { ($0.info.edge ?? 0) >= edge }) else { throw ContentFault.notHere }
        return try await picture(copy)
    }

    /// A reduced copy of a main that stands here.
    ///
    /// - Throws: ``ContentFault``.
    func reducedCopy(
        of main: OwnFile, edge: Int, quality: Int, keeping kept: KeptPicture? = nil, for caller: Caller
    ) async throws -> [UInt8] {
        guard let folder = shelf.folder else { throw ContentFault.libraryMissing }
        let key = ReducedCopies.Key(image: main.info.image, edge: edge, quality: quality)
        do {
            return try await copies.copy(key, keeping: kept, for: caller.id) {
                try folder.source(main.file, expecting: main.stamp.identity)
            }
        } catch let error as ImagingError {
            throw ContentFault.notReducible(error)
        } catch {
            throw await fault(error, main.file)
        }
    }

    /// All bytes of a picture that stands here, in either form.
    ///
    /// - Throws: ``ContentFault``.
    func picture(_ own: OwnFile) async throws -> [UInt8] {
        do {
            return try await shelf.run { [limits] in try Self.read(own, in: $0, limits) }
        } catch {
            throw await fault(error, own.file)
        }
    }

    /// What a picture or film that stands here says of itself. Reads no more of it than that takes.
    ///
    /// - Throws: ``ContentFault``.
    func facts(of own: OwnFile) async throws -> ImageFacts {
        do {
            return try await shelf.run { folder in
                let file = try folder.open(own.file, expecting: own.stamp.identity)
                let facts = try ImageInspector.facts { try file.read(from: Int64($0.lowerBound), count: $0.count) }
                try file.checkUnchanged()
                return facts
            }
        } catch {
            throw await fault(error, own.file)
        }
    }

    /// The bytes of a picture for a thread that may block. Reports nothing.
    static func read(
        _ own: OwnFile, in folder: LibraryFolder, _ limits: ImagingLimits = ImagingLimits()
    ) throws(DiskError) -> [UInt8] {
        let limit = own.info.form == .main ? ImagingLimits.largestJPEG : limits.reducedCopyBytes
        return try folder.readWhole(own.file, limit: limit, expecting: own.stamp.identity)
    }

    private func fault(_ error: any Error, _ file: RelativePath) async -> any Error {
        guard let error = error as? DiskError else { return error }
        switch error.code {
        case .libraryMissing: return ContentFault.libraryMissing
        case .notFound, .changed, .changedWhileRead:
            await library.suspect(file)
            return ContentFault.changed(error)
        default:
            problems.report(file.description, error.message)
            return ContentFault.unreadable(error)
        }
    }
}
