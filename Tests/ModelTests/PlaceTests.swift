import Foundation
import Model
import Testing

@Suite("Places and zones")
struct PlaceTests {
    @Test(
        "a place is written with as many digits as it has",
        arguments: [
            (48.137, 11.575, "48.137, 11.575"), (-33.856784, 151.2, "-33.85678, 151.2"), (90, -180, "90, -180"),
            (0.00001, -0.000001, "0.00001, 0"), (-0.5, 100, "-0.5, 100"),
        ])
    func text(_ latitude: Double, _ longitude: Double, _ text: String) {
        #expect(Place(latitude: latitude, longitude: longitude).map { "\($0)" } == text)
    }

    @Test(
        "what is no place is none",
        arguments: [(90.1, 0), (-91, 1), (1, 180.5), (.nan, 1), (1, .infinity), (0, 0), (0.000001, -0.000001)])
    func none(_ latitude: Double, _ longitude: Double) {
        #expect(Place(latitude: latitude, longitude: longitude) == nil)
    }

    @Test("a zone is read as it is written", arguments: -720...840)
    func zones(_ minutes: Int) throws {
        let zone = try #require(ClockZone(minutes: minutes))
        #expect(ClockZone("\(zone)".utf8) == zone)
        #expect("\(zone)".utf8.count == 6)
    }

    @Test("JSON that is no place and no zone is refused")
    func json() throws {
        let place = try JSONDecoder().decode(Place.self, from: Data(#"{"latitude":48.137,"longitude":-11.5}"#.utf8))
        #expect(place == Place(latitude: 48.137, longitude: -11.5))
        for text in [#"{"latitude":91,"longitude":0}"#, #"{"latitude":1}"#] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Place.self, from: Data(text.utf8)) }
        }
        let zone = Data(#"["+15:00"]"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([ClockZone].self, from: zone) }
    }
}
