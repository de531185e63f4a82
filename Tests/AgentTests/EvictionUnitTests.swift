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
        #expect(Self.units([note, tiny]) == [["a.wav"], ["a.mov"]], "each is asked about")
        #expect(Self.units([note]) == [["a.wav"]])
    }

    @Test("An image at several paths is meant once")
    func severalPaths() {
        #expect(Self.units([Self.main("a.jpg", 1), Self.main("album/a.jpg", 1)]) == [["a.jpg"]])
        #expect(Self.units([Self.main("a.jpg", 1), Self.main("album/a.jpg", 1)], alone: true) == [["a.jpg"]])
    }

    @Test("An image goes from all its paths, and so with all that belongs to it at any of them")
    func severalGroups() {
        let mains = [
            Self.main("1 best/a.jpg", 1), Self.main("2026/a.cr2", 2), Self.main("2026/a.jpg", 1),
            Self.main("2026/b.mov", 3), Self.main("2026/c.mov", 3), Self.main("2026/b.heic", 4),
            Self.main("2026/c.heic", 5),
        ]
        #expect(
            Self.units(mains) == [
                ["2026/a.jpg", "2026/a.cr2"], ["2026/b.heic", "2026/c.heic", "2026/b.mov"],
            ])
    }

    @Test("Nobody passes the gate before all are there; where one stays nobody does, and later that changes nothing")
    func gate() async {
        let gate = EvictionGate(of: 2)
        async let first = gate.pass()
        await gate.reach(1)
        async let second = gate.pass()
        let isFirst = await first
        let isSecond = await second
        #expect(isFirst && isSecond)
        gate.close()
        #expect(!gate.isClosed)

        let other = EvictionGate(of: 2)
        async let third = other.pass()
        await other.reach(1)
        other.close()
        await other.reach(2)
        let isThird = await third
        let isLate = await other.pass()
        #expect(!isThird && !isLate && other.isClosed)

        let given = EvictionGate(of: 2)
        let task = Task { await given.pass() }
        await given.reach(1)
        task.cancel()
        #expect(await task.value == false)
        #expect(given.isClosed)
    }
}
