import Agent
import Control
import Foundation
import Model
import TestSupport
import Testing

@Suite("Pictures that people edit", .serialized)
struct EditedPictureTests {
    /// The ways in which tools save.
    enum Way: CaseIterable {
        /// The same inode, the times put back: `exiftool -P -overwrite_original_in_place`.
        case inPlace
        /// By a rename over it, from a hidden name: rsync, GLib's editors.
        case renameOver
        /// The same from a name that says nothing: `jpegtran -outfile x.jpg a.jpg; mv x.jpg a.jpg`.
        case otherName
        /// Through an unfinished name, over the old one: `exiftool -overwrite_original`.
        case unfinishedName
        /// What was there gets a name of its own: `exiftool`.
        case backup
        /// What was there gets the name of a backup that goes away: mogrify, Emacs.
        case tilde
        /// Removed, and made anew.
        case removed

        func save(_ bytes: [UInt8], at path: String, on node: TestNode) throws {
            let now = Date.now.timeIntervalSince1970
            switch self {
            case .inPlace: try node.edit(path, bytes)
            case .renameOver: try node.put(bytes, path, dated: now)
            case .otherName:
                try node.put(bytes, "x1y2z3.jpg", dated: now)
                try node.move("x1y2z3.jpg", to: path)
            case .unfinishedName:
                try Data(bytes).write(to: node.library.appending(path: "\(path)_exiftool_tmp"))
                try node.move("\(path)_exiftool_tmp", to: path)
            case .backup:
                try Data(bytes).write(to: node.library.appending(path: "\(path)_exiftool_tmp"))
                try node.move(path, to: "\(path)_original")
                try node.move("\(path)_exiftool_tmp", to: path)
            case .tilde:
                try node.move(path, to: "\(path)~")
                try Data(bytes).write(to: node.library.appending(path: path))
                try node.remove("\(path)~")
            case .removed:
                try node.remove(path)
                try Data(bytes).write(to: node.library.appending(path: path))
            }
        }
    }

    @Test("However a tool saves, there and back, the edit takes the name everywhere", arguments: Way.allCases)
    func ways(way: Way) async throws {
        try await Household.run { laptop, archive in
            let pictures = try (0...2).map { try Photo.rated(1, $0) }
            try laptop.put(pictures[0], "a.jpg")
            try await archive.wait("the main") { $0.library.mains == 1 && $0.work.running == 0 }
            let kept = way == .backup ? ["a.jpg", "a.jpg_original"] : ["a.jpg"]
            try way.save(pictures[1], at: "a.jpg", on: laptop)
            try await archive.wait("the edit") { _ in
                (try? archive.read("a.jpg")) == pictures[1] && (try? archive.files) == kept
            }
            #expect(try laptop.files == kept)
            if way == .backup {
                #expect(try archive.read("a.jpg_original") == pictures[0])
                try laptop.remove("a.jpg_original")
                return
            }
            #expect(try archive.aside("versions") == [pictures[0]])
            try way.save(pictures[2], at: "a.jpg", on: archive)
            try await laptop.wait("the edit of the archive") { _ in (try? laptop.read("a.jpg")) == pictures[2] }
            try await laptop.settle(images: 1)
            #expect(try laptop.files == ["a.jpg"] && archive.files == ["a.jpg"])
            #expect(try laptop.aside("versions") == [pictures[1]])
            #expect(try laptop.aside("damaged").isEmpty && archive.aside("damaged").isEmpty)
        }
    }

    @Test("Twenty-five edits in a row are one file, also for a peer that was away")
    func many() async throws {
        try await withTemporaryFolder { folder in
            let last = try Photo.rated(1, 25)
            try await TestNode.run("laptop", in: folder, configure: Self.laptop) { laptop in
                try laptop.put(try Photo.rated(1, 0), "a.jpg")
                try await TestNode.run("archive", in: folder, configure: Self.archive) { archive in
                    try await archive.join(laptop)
                    try await archive.wait("the main") { $0.library.mains == 1 && $0.work.running == 0 }
                    try await laptop.wait("the backup") { $0.safety.atRisk == 0 }
                }
                for number in 1...25 {
                    let picture = try Photo.rated(1, number)
                    try laptop.put(picture, "a.jpg", dated: Date.now.timeIntervalSince1970)
                    #expect(try await laptop.scan().images == 1)
                }
                try await TestNode.run("archive", in: folder, configure: Self.archive) { archive in
                    try await archive.wait("the last") { _ in (try? archive.read("a.jpg")) == last }
                    try await archive.settle(images: 1)
                    #expect(try archive.files == ["a.jpg"])
                    #expect(try archive.aside("versions") == [try Photo.rated(1, 0)])
                    for number in 26...50 {
                        try laptop.put(
                            try Photo.rated(1, number), "a.jpg", dated: Date.now.timeIntervalSince1970)
                    }
                    try await archive.wait("the very last") { _ in
                        (try? archive.read("a.jpg")) == (try? Photo.rated(1, 50))
                    }
                    try await archive.settle(images: 1)
                    #expect(try archive.files == ["a.jpg"] && laptop.files == ["a.jpg"])
                }
            }
        }
    }

    @Test("Two edits made apart are two files, the same two everywhere", arguments: [false, true])
    func apart(swapped: Bool) async throws {
        try await withTemporaryFolder { folder in
            let edits = try (swapped ? [2, 1] : [1, 2]).map { try Photo.rated(1, $0) }
            try await TestNode.run("laptop", in: folder, configure: Self.laptop) { laptop in
                try laptop.put(try Photo.rated(1, 0), "a.jpg")
                try await TestNode.run("archive", in: folder, configure: Self.archive) { archive in
                    try await archive.join(laptop)
                    try await archive.wait("the main") { $0.library.mains == 1 && $0.work.running == 0 }
                    try await laptop.wait("the backup") { $0.safety.atRisk == 0 }
                }
                try laptop.edit("a.jpg", edits[0])
                #expect(try await laptop.scan().images == 1)
                try Data(edits[1]).write(to: folder.appending(path: "archive/library/a.jpg"))
                try await TestNode.run("archive", in: folder, configure: Self.archive) { archive in
                    let keeps = try #require(edits.min { ImageID(of: $0) < ImageID(of: $1) })
                    let (other, name) = keeps == edits[0] ? (edits[1], "archive") : (edits[0], "laptop")
                    try await archive.wait("both") { _ in
                        (try? archive.read("a.jpg")) == keeps && (try? archive.read("a (\(name)).jpg")) == other
                    }
                    try await archive.settle(images: 2)
                    #expect(try archive.files == ["a (\(name)).jpg", "a.jpg"])
                    try await laptop.wait("both") { status in
                        let files = (try? laptop.files.map { $0.replacing(".reduced.jpg", with: "") }) ?? []
                        return files == ["a (\(name)).jpg", "a.jpg"] && status.work.running == 0
                    }
                    // Its own edit it has whole.
                    #expect(try laptop.read(keeps == edits[0] ? "a.jpg" : "a (laptop).jpg") == edits[0])
                    #expect(try archive.aside("versions").isEmpty && laptop.aside("versions").isEmpty)
                }
            }
        }
    }

    @Test("An edit and a new name that were given apart are one file")
    func renamedApart() async throws {
        try await withTemporaryFolder { folder in
            let (old, edit) = try (Photo.rated(1, 0), Photo.rated(1, 1))
            try await TestNode.run("laptop", in: folder, configure: Self.laptop) { laptop in
                try laptop.put(old, "a.jpg")
                try await TestNode.run("archive", in: folder, configure: Self.archive) { archive in
                    try await archive.join(laptop)
                    try await archive.wait("the main") { $0.library.mains == 1 && $0.work.running == 0 }
                    try await laptop.wait("the backup") { $0.safety.atRisk == 0 }
                }
                try laptop.edit("a.jpg", edit)
                #expect(try await laptop.scan().images == 1)
                let library = folder.appending(path: "archive/library").path
                #expect(Glibc.rename("\(library)/a.jpg", "\(library)/b.jpg") == 0)
                try await TestNode.run("archive", in: folder, configure: Self.archive) { archive in
                    try await archive.wait("the edit") { _ in (try? archive.read("b.jpg")) == edit }
                    try await laptop.wait("the name") { _ in (try? laptop.read("b.jpg")) == edit }
                    try await archive.settle(images: 1)
                    #expect(try archive.files == ["b.jpg"] && laptop.files == ["b.jpg"])
                    #expect(try archive.aside("versions") == [old])
                }
            }
        }
    }

    @Test("Who hears of an edit, and of its being taken back, from a third machine only, has it too")
    func secondHand() async throws {
        try await withTemporaryFolder { folder in
            let (old, edit) = try (Photo.rated(1, 0), Photo.rated(1, 1))
            try await TestNode.run("laptop", in: folder, configure: Self.laptop) { laptop in
                try laptop.put(old, "a.jpg")
                try await TestNode.run("archive", in: folder, configure: Self.archive) { archive in
                    try await archive.join(laptop)
                    try await TestNode.run("attic", in: folder, configure: Self.archive) { attic in
                        try await attic.join(archive)
                        // What stands at the end, and what went to the versions, one after the other.
                        for (now, versions) in [
                            (old, []), (edit, [old]), (old, [edit, old]), (edit, [edit, old, old]),
                        ] {
                            if !versions.isEmpty { try laptop.edit("a.jpg", now) }
                            for node in [archive, attic] {
                                try await node.wait("the picture") { status in
                                    (try? node.read("a.jpg")) == now && status.work.running == 0
                                }
                                try await node.settle(images: 1)
                                #expect(try node.files == ["a.jpg"])
                                #expect(try node.aside("versions").count == versions.count)
                            }
                        }
                    }
                }
            }
        }
    }

    @Test("A picture that is put back where the edit was made elsewhere is what all have", arguments: [true, false])
    func putBackElsewhere(atItsName: Bool) async throws {
        try await Household.run { laptop, archive in
            let (old, edit) = try (Photo.rated(1, 0), Photo.rated(1, 1))
            try laptop.put(old, "a.jpg")
            try await archive.wait("the main") { $0.library.mains == 1 && $0.work.running == 0 }
            try laptop.edit("a.jpg", edit)
            try await archive.wait("the edit") { _ in (try? archive.read("a.jpg")) == edit }
            let name = atItsName ? "a.jpg" : "old.jpg"
            try archive.put(old, name, dated: Date.now.timeIntervalSince1970)
            try await laptop.wait("the old one") { status in
                let form = (try? laptop.files.contains("\(name).reduced.jpg")) == true
                return (form || (try? laptop.read(name)) == old) && status.work.running == 0
            }
            let images = atItsName ? 1 : 2
            for node in [laptop, archive] { try await node.settle(images: images) }
            #expect(try archive.files == (atItsName ? ["a.jpg"] : ["a.jpg", "old.jpg"]))
            #expect(try laptop.files.count == images)
            #expect(try archive.read(name) == old)
        }
    }

    @Sendable private static func laptop(_ configuration: inout AgentConfiguration) { configuration.reduceMore() }

    @Sendable private static func archive(_ configuration: inout AgentConfiguration) {
        configuration.reduceMore()
        configuration.policy.keep = .mains
    }
}

extension TestNode {
    /// As mv(1) does, also over another file.
    func move(_ path: String, to other: String) throws {
        guard Glibc.rename(library.appending(path: path).path, library.appending(path: other).path) == 0 else {
            throw Failure("\(path): errno \(errno)")
        }
    }
}
