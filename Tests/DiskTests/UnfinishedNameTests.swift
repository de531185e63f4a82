import Disk
import Foundation
import Glibc
import Model
import TestSupport
import Testing

@Suite("Names of what is not done yet")
struct UnfinishedNameTests {
    private static let unfinished = [
        "IMG_1.JPG_exiftool_tmp", "IMG_1.JPG.part", "IMG_1.jpg.crdownload", "Unconfirmed 4711.crdownload",
        "IMG_1.PART", "IMG_1.tmp", "IMG_1.JPG~", "~$list.docx", "~syncthing~IMG_1.JPG.tmp", "IMG_1.JPG.filepart",
        "IMG_1.jpg.sb-1a2b3c4d-AbCdEf", "sedAb12Cd", "1596571254.exiv2_temp", "Photoshop Temp123", "a.lrcat.lock",
    ]
    private static let pictures = [
        "IMG_1.JPG", "IMG_1.JPG_original", "part.jpg", "a~b.jpg", "IMG_1~4f3a9c21d0.JPG", "tmp", "sedated.jpg",
        "sedan", "download.jpg", "IMG_1 (kept).JPG", "magick.jpg", "x.sb-1-2.jpg", "IMG_1.bak",
    ]

    @Test("A walk leaves them alone and counts them, and finds all others; a folder may be called as it likes")
    func walk() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for name in Self.unfinished + Self.pictures { try sandbox.write(name, [1]) }
            try sandbox.write("old~/IMG_1.JPG", [1])
            var found: [String] = []
            let result = try LibraryWalk(library: sandbox.library).walk { found += $0.map(\.path.description) }
            #expect(found.sorted() == (Self.pictures + ["old~/IMG_1.JPG"]).sorted())
            #expect(result.leftAlone.unfinished == Self.unfinished.count)
            #expect(Self.unfinished.contains(result.oldestUnfinished?.path.description ?? ""))
        }
    }

    @Test("The watch tells of such a file once it has another name, and of one that got such a name as removed")
    func watch() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.write("old.jpg", [1])
            let watcher = try await LibraryWatcher.start(sandbox.library)
            defer { watcher.stop() }
            try sandbox.write("new.jpg_exiftool_tmp", [2])
            rename(sandbox.url("new.jpg_exiftool_tmp").path, sandbox.url("new.jpg").path)
            rename(sandbox.url("old.jpg").path, sandbox.url("old.jpg~").path)
            let known = try sandbox.known("new.jpg")
            var all: [WatchEvent] = []
            for await batch in watcher.events {
                all += batch
                if all.count >= 2 { break }
            }
            guard case .settled(let file)? = all.first else {
                Issue.record("\(all)")
                return
            }
            #expect(file.path == known.path && file.identity == known.identity)
            #expect(all.dropFirst() == [.removed(try path("old.jpg"))])
        }
    }
}
