import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Geometry of renditions")
struct EditGeometryTests {
    @Test("EXIF's orientations make a group")
    func orientations() {
        for number in 1...8 {
            let orientation = Orientation(exif: number)
            #expect(orientation.exif == number)
            #expect(orientation.inverse.after(orientation) == .upright)
            #expect(orientation.swapsSides == (number >= 5))
        }
        #expect(Orientation.turnedOnce.exif == 6)
        #expect(Orientation.turnedOnce.after(.turnedOnce).exif == 3)
        #expect(Orientation.mirrored.after(.turnedOnce).exif == 5)
    }

    @Test(
        "a straightened picture reaches nowhere beyond its source", arguments: ["45", "-45", "0.001", "-17.3", "5"],
        [(6000, 4000), (3000, 4000), (100, 100), (4000, 50), (1, 1)])
    func straightened(_ degrees: String, _ size: (Int, Int)) throws {
        for exif in [1, 2, 6] {
            let source = RenderSource(width: size.0, height: size.1, orientation: Orientation(exif: exif))
            let geometry = RenderGeometry(try Edit.look([.straighten: degrees]), of: source)
            #expect(geometry.offset == nil)
            let reach = geometry.reach(x: 0..<geometry.width, y: 0..<geometry.height)
            // The filter's own reach and half a pixel of rounding.
            #expect(reach.x.lowerBound >= -4 && reach.x.upperBound <= size.0 + 4)
            #expect(reach.y.lowerBound >= -4 && reach.y.upperBound <= size.1 + 4)
            // One side at least is used to the end.
            let isFull = min(reach.x.lowerBound, reach.y.lowerBound) <= 1
            #expect(isFull)
        }
    }

    @Test("straightening turns clockwise, whatever the orientation", arguments: 1...8)
    func direction(_ exif: Int) throws {
        // A bright square right of the middle comes to lie below it.
        var upright = ImagingPixels(
            width: 200, height: 200, channels: 1, bytes: [UInt8](repeating: 40, count: 40_000))
        for y in 95..<105 { for x in 135..<145 { upright.bytes[y * 200 + x] = 220 } }
        let stored = Edit.moved(upright, Orientation(exif: exif).inverse)
        let plain = try Edit.jpeg(stored, "-quality", "95")
        var writer = TIFFWriter(isLittleEndian: true)
        writer.main = [writer.short(TIFFTag.orientation, exif)]
        let main = TestJPEG.inserting(BearJPEG.exif(writer), in: plain)
        let seen = try Edit.seen(try Edit.rendition(of: main, Edit.look([.straighten: "45"])))
        let bright = seen.bytes.indices.filter { seen.bytes[$0] > 150 }
        #expect(bright.count > 60)
        let x = Double(bright.reduce(0) { $0 + $1 % seen.width }) / Double(bright.count) - Double(seen.width - 1) / 2
        let y = Double(bright.reduce(0) { $0 + $1 / seen.width }) / Double(bright.count) - Double(seen.height - 1) / 2
        let distance = 39.5 * 0.7071
        #expect(abs(x - distance) < 1.5 && abs(y - distance) < 1.5)
    }

    @Test("straightening by nothing to speak of leaves the pixels")
    func hardlyStraightened() throws {
        let main = try TestJPEG.photo(quality: 98, subsampling: .s444)
        let file = try Edit.rendition(of: main, Edit.look([.straighten: "0.001"]))
        let (before, after) = (try ImagingPixels(jpeg: main), try ImagingPixels(jpeg: file))
        #expect(after.width == before.width && after.height == before.height)
        #expect(after.psnr(against: before) > 40)
    }

    @Test("the weights of the filter are one together and meet at whole pixels")
    func weights() {
        for phase in 0..<256 {
            let six = Lanczos.weights[8 * phase..<8 * phase + 6]
            #expect(abs(six.reduce(0, +) - 1) < 1e-6)
        }
        #expect(Lanczos.weights[0..<6].elementsEqual([0, 0, 1, 0, 0, 0]) { abs($0 - $1) < 1e-6 })
    }

    @Test("threads that come in any order read, develop and write every band once", arguments: 0..<60 as Range<UInt64>)
    func schedule(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let threads = Int.random(in: 1...6, using: &random)
        var low = 0
        let needs = (0..<Int.random(in: 1...40, using: &random)).map { _ in
            low += Int.random(in: 0...40, using: &random)
            return low
        }.map { $0..<$0 + 60 }
        var schedule = BandSchedule(needs: needs, threads: threads, chunk: 16)
        var running: [BandSchedule.Action] = []
        var (read, developed, written) = (0, Set<Int>(), 0)
        var idle = 0
        while written < needs.count, idle < 1000 {
            let isStarting = running.count < threads && (running.isEmpty || Bool.random(using: &random))
            if isStarting {
                switch schedule.next() {
                case .read(let rows):
                    #expect(rows.lowerBound == read)
                    // Nothing that an unfinished band needs is overwritten.
                    let open = needs.indices.filter { !developed.contains($0) }
                    for band in open where needs[band].lowerBound < read {
                        #expect(rows.upperBound - needs[band].lowerBound <= schedule.ring)
                    }
                    running.append(.read(rows))
                case .develop(let band):
                    #expect(needs[band].upperBound <= read && !developed.contains(band))
                    #expect(band < written + schedule.slots)
                    running.append(.develop(band))
                case .write(let band):
                    #expect(band == written && developed.contains(band))
                    running.append(.write(band))
                case .wait:
                    #expect(!running.isEmpty, "all wait for one another")
                    idle = running.isEmpty ? 1000 : idle
                    if !running.isEmpty { end(Int.random(in: 0..<running.count, using: &random)) }
                case .stop: break
                }
            } else {
                end(Int.random(in: 0..<running.count, using: &random))
            }
        }
        #expect(written == needs.count)
        #expect(schedule.next() == .stop)

        func end(_ index: Int) {
            let action = running.remove(at: index)
            switch action {
            case .read(let rows): read = rows.upperBound
            case .develop(let band): developed.insert(band)
            case .write: written += 1
            case .wait, .stop: break
            }
            schedule.finish(action)
        }
    }
}
