import Catalogue
import Disk
import Foundation
import Imaging
import Logging
import Model
import Planning
import SingleChanges
import TestSupport
import Testing

@testable import Agent

@Suite("What a start does about an eviction that was interrupted")
struct LeftOverCopyTests {
    /// How the library stands when the agent starts, beside the mark and the reduced copy.
    enum Case: CaseIterable {
        /// Killed before the main went.
        case mainStays
        /// The same, and the copy is on the list, as the watch had told of it.
        case isListed
        /// Killed when the main was on its way out.
        case mainIsAside
        /// Killed when it had gone: the copy is all that is left here.
        case mainIsGone
        /// A person has changed the main meanwhile.
        case mainIsAnother
        /// A person, or another duty, has put a copy of another image there.
        case copyIsAnothers
        /// It is no reduced copy at all.
        case copyIsNone
    }

    @Test(
        "The copy goes where it is one of this image and the main stands in its place, and only there",
        arguments: Case.allCases)
    func recover(_ given: Case) async throws {
        try await withTemporaryFolder { root in
            let library = root.appending(path: "library")
            try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
            let folder = try LibraryFolder(path: library.path, .create)
            let catalogue = try CatalogueDatabase(path: root.appending(path: "c.sqlite").path)
            let shelf = Shelf(status: Status())
            shelf.folder = folder
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let departures = Departures(shelf: shelf, catalogue: catalogue, clock: NodeClock(), logger: logger)
            let (main, copy) = (library.appending(path: "a.jpg"), library.appending(path: "a.jpg.reduced.jpg"))

            let photo = try Photo.large(1)
            let image = ImageID(of: photo)
            try Data(photo).write(to: main)
            let pool = ReducingPool(limits: ImagingLimits())
            defer { pool.shutdown() }
            let marked = given == .copyIsAnothers ? Sample.image(9) : image
            let reduced = try await pool.reduce(image: marked, edge: 1024, quality: 85, for: Sample.node(1)) { photo }
            try Data(given == .copyIsNone ? try Photo.small(2) : reduced).write(to: copy)
            var info = Sample.main("a.jpg", 1)
            (info.image, info.bytes, info.mainBytes) = (image, Int64(photo.count), Int64(photo.count))
            let (path, beside) = (info.path, info.path.reduced)
            let (found, there) = (try folder.find(path), try folder.find(beside))
            let own = OwnFile(info: info, file: path, stamp: try #require(found).identity.stamp)
            try await catalogue.apply([.image(own)])
            let listed = own.reduced(file: beside, stamp: try #require(there).identity.stamp, edge: 1024)
            if given == .isListed { try await catalogue.apply([.image(listed)]) }
            #expect(try await catalogue.markEvicting(image, file: path, at: .zero) == nil)
            switch given {
            case .mainIsAside:
                let aside = library.appending(path: ".mainstay/incoming/\(image).evicting")
                try FileManager.default.moveItem(at: main, to: aside)
            case .mainIsGone: try FileManager.default.removeItem(at: main)
            case .mainIsAnother:
                try FileManager.default.removeItem(at: main)
                try Data(photo + [0]).write(to: main)
            default: break
            }

            try await catalogue.change { turn in try await departures.recover(folder, turn) }

            let isGone = [.mainStays, .isListed, .mainIsAside].contains(given)
            #expect(FileManager.default.fileExists(atPath: copy.path) == !isGone)
            #expect(FileManager.default.fileExists(atPath: main.path) == (given != .mainIsGone))
            if isGone { #expect(try Array(Data(contentsOf: main)) == photo) }
            #expect(try await catalogue.evictingMarks().isEmpty)
            let forms = try await catalogue.ownFiles(of: image).map(\.info.form)
            #expect(forms == (given == .mainIsGone || given == .mainIsAnother ? [.reduced] : [.main]))
            #expect(catalogue.ownCounts.reduced == (forms == [.reduced] ? 1 : 0))
            try catalogue.close()
            folder.release()
        }
    }
}
