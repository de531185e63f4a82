import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Sample photos")
struct SamplePhotoTests {
    @Test("are the same for the same seed, and others for another")
    func deterministic() throws {
        let first = try SamplePhoto(seed: 1, width: 200, height: 100).jpeg(captured: 77)
        #expect(try SamplePhoto(seed: 1, width: 200, height: 100).jpeg(captured: 77) == first)
        #expect(try SamplePhoto(seed: 2, width: 200, height: 100).jpeg(captured: 77) != first)
    }

    @Test("cost about as many bits a pixel as a photograph", arguments: 1...6)
    func entropy(_ seed: UInt64) throws {
        let bits = Double(try SamplePhoto(seed: seed, width: 800, height: 600).jpeg().count * 8) / (800 * 600)
        #expect((0.8...2.5).contains(bits))
    }

    @Test("say when and how they were taken")
    func exif() throws {
        let photo = try SamplePhoto(seed: 5, width: 40, height: 30).jpeg(captured: 951_868_799, orientation: 8)
        let facts = ImageInspector.facts(of: photo)
        #expect(
            facts
                == ImageFacts(
                    type: .jpeg, size: PixelSize(width: 30, height: 40),
                    capture: CaptureFacts(time: CaptureTime(951_868_799), camera: "Mainstay Sample 5"), orientation: 8))
        #expect(
            try ImagingTool.exif(["Make", "DateTimeOriginal", "Orientation"], of: photo) == [
                "Mainstay", "2000:02:29 23:59:59", "8",
            ])
    }
}
