/// Where on earth a picture was taken, in degrees: latitude to the north, longitude to the east.
///
/// Rounded to a hundred-thousandth of a degree, which is about a metre: no camera knows it better.
public struct Place: Hashable, Sendable {
    public let latitude: Double
    public let longitude: Double

    /// Nil for what is no place: a latitude beyond the poles, and 0 in both, which cameras write that do not know where
    /// they are.
    public init?(latitude: Double, longitude: Double) {
        // Not a number is in no range.
        guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
        // Adding 0 takes the sign off a 0.
        func rounded(_ degrees: Double) -> Double { (degrees * 100_000).rounded() / 100_000 + 0 }
        (self.latitude, self.longitude) = (rounded(latitude), rounded(longitude))
        if self.latitude == 0 && self.longitude == 0 { return nil }
    }
}

extension Place: CustomStringConvertible {
    /// `48.137, 11.575`.
    public var description: String { "\(Self.text(latitude)), \(Self.text(longitude))" }

    private static func text(_ degrees: Double) -> String {
        let parts = Int((degrees.magnitude * 100_000).rounded())
        var text = "\(parts / 100_000)"
        var digits = String("\(100_000 + parts % 100_000)".dropFirst())
        while digits.last == "0" { digits.removeLast() }
        if !digits.isEmpty { text += "." + digits }
        return (degrees < 0 ? "-" : "") + text
    }
}

extension Place: Codable {
    private enum CodingKeys: String, CodingKey { case latitude, longitude }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let latitude = try container.decode(Double.self, forKey: .latitude)
        let longitude = try container.decode(Double.self, forKey: .longitude)
        guard let place = Place(latitude: latitude, longitude: longitude) else {
            throw DecodingError.dataCorruptedError(
                forKey: .latitude, in: container, debugDescription: "no place on earth")
        }
        self = place
    }
}
