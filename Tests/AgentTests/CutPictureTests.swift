import Agent
import Control
import Foundation
import Imaging
import Model
import TestSupport
import Testing

@Suite("Pictures whose end is missing", .serialized)
struct CutPictureTests {
    @Test("are shown at peers as far as they go, why says so at both, and the whole file replaces them")
    func cut() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.join(a)
                    let photo = try Photo.large(1)
                    let path = try RelativePath("a.jpg")
                    try a.put(Array(photo[..<(photo.count / 2)]), "a.jpg")
                    try a.put(Array(try Photo.large(2).dropLast(2)) + Array("SEFT".utf8), "panorama.jpg")
                    try await a.settle(images: 2)
                    try await b.settle(images: 2)
                    #expect(try b.files == ["a.jpg.reduced.jpg", "panorama.jpg.reduced.jpg"])
                    for file in try b.files {
                        #expect(!ImageInspector.endIsMissing(in: try b.read(file)))
                        #expect(ImageInspector.facts(of: try b.read(file)).marker?.isCut == true)
                    }
                    #expect(try await a.control.why(path).endIsMissing == true)
                    #expect(try await b.control.why(path).endIsMissing == true)
                    #expect(try await a.control.why(path).obstacles.isEmpty)

                    try a.put(photo, "a.jpg", dated: 1_780_000_100)
                    try await b.wait("the whole picture") { _ in
                        guard let file = try? b.read("a.jpg.reduced.jpg") else { return false }
                        return ImageInspector.facts(of: file).marker?.isCut == false
                    }
                    try await a.settle(images: 2)
                    try await b.settle(images: 2)
                    #expect(try b.files == ["a.jpg.reduced.jpg", "panorama.jpg.reduced.jpg"])
                    #expect(try await a.control.why(path).endIsMissing == nil)
                    #expect(try await b.control.why(path).endIsMissing == nil)
                }
            }
        }
    }
}
