import Catalogue
import Model
import TestSupport
import Testing

@testable import Agent

@Suite("What is evicted together")
struct EvictionUnitTests {
    private static func main(_ path: String, _ image: Int, bytes: Int64 = 3_000_000) -> OwnFile {
        let info = Sample.main(path, image, bytes: bytes)
        return OwnFile(info: info, file: info.file, stamp: FileStamp(bytes: bytes, modified: 1, inode: UInt64(image)))
    }

    private static func units(_ mains: [OwnFile], alone: Bool = false) -> [[String]] {
        EvictionUnit.units(among: mains, policy: Policy(), alone: alone).map { unit in
            unit.mains.map(\.info.path.description)
        }
    }

    @Test("A photo, its RAW and its film, in the place of the first of them; each by itself where that is wanted")
    func together() {
        let mains = [
            Self.main("a.mov", 1), Self.main("b.jpg", 2), Self.main("c/a.jpg", 3), Self.main("a.jpg", 4),
            Self.main("b.cr2", 5),
        ]
        #expect(Self.units(mains) == [["a.jpg", "a.mov"], ["b.jpg", "b.cr2"], ["c/a.jpg"]])
        #expect(Self.units(mains, alone: true) == [["a.mov"], ["b.jpg"], ["c/a.jpg"], ["a.jpg"], ["b.cr2"]])
    }

    @Test("A sidecar, and what is taken as it is, keep nothing here and go with nothing")
    func small() {
        let (note, tiny) = (Self.main("a.wav", 2, bytes: 900_000), Self.main("a.mov", 3, bytes: 90_000))
        #expect(Self.units([Self.main("a.jpg", 1), note, tiny]) == [["a.jpg"]])
        #expect(Self.units([note, tiny]) == [["a.mov"]], "the one that leads is asked about")
        #expect(Self.units([note]) == [["a.wav"]], "one that was named alone")
    }

    @Test("An image at several paths is meant once")
    func severalPaths() {
        #expect(Self.units([Self.main("a.jpg", 1), Self.main("album/a.jpg", 1)]) == [["a.jpg"]])
    }
}
