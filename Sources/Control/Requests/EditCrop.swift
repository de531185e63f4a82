/// A crop that comes to other fractions for each picture. Written `3:2`, or `4000x3000+100+200`.
public enum EditCrop: Hashable, Sendable {
    /// The largest part of these proportions from the middle of the picture as it is seen: upright, turned,
    /// straightened. Both from 1 to 10,000.
    case ratio(width: Int, height: Int)
    /// These pixels of the main as it is seen; `left` and `top` count from its corner.
    case pixels(left: Int, top: Int, width: Int, height: Int)

    /// The highest term of a ratio.
    public static let highestTerm = 10_000
}

extension EditCrop: CustomStringConvertible {
    /// Reads ``description``; nil for anything else, and for sides that no picture has.
    public init?(_ text: some StringProtocol) {
        func numbers(_ parts: [some StringProtocol]) -> [Int]? {
            let numbers = parts.compactMap { part in
                part.utf8.allSatisfy { (0x30...0x39).contains($0) } && part.utf8.count <= 8 ? Int(part) : nil
            }
            return numbers.count == parts.count ? numbers : nil
        }
        let terms = text.split(separator: ":", omittingEmptySubsequences: false)
        if terms.count == 2 {
            let range = 1...Self.highestTerm
            guard let terms = numbers(terms), range.contains(terms[0]), range.contains(terms[1]) else { return nil }
            self = .ratio(width: terms[0], height: terms[1])
            return
        }
        let parts = text.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let sides = parts[0].split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }
        guard sides.count == 2, let sides = numbers(sides), let corner = numbers(Array(parts.dropFirst())),
            sides[0] > 0, sides[1] > 0
        else { return nil }
        self = .pixels(left: corner[0], top: corner[1], width: sides[0], height: sides[1])
    }

    public var description: String {
        switch self {
        case .ratio(let width, let height): "\(width):\(height)"
        case .pixels(let left, let top, let width, let height): "\(width)x\(height)+\(left)+\(top)"
        }
    }
}

extension EditCrop: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let crop = EditCrop(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'crop' is written 3:2 or 4000x3000+100+200")
        }
        self = crop
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
