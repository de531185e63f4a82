/// Sizes as people write them: `200 GB`, `1.5 TB`, `500 GiB`, `4096 B`.
public enum ByteSize {
    /// Why a text is no size. The description is a clause that fits behind the text, and says what would be right.
    public enum Fault: Error, Equatable, CustomStringConvertible {
        /// A number alone: whoever leaves out the unit does not mean bytes.
        case noUnit(number: String)
        case noSize

        public var description: String {
            switch self {
            case .noUnit(let number): "has no unit: write \(number) GB, or \(number) MB"
            case .noSize: "is not a size: write 200 GB, 500 MB or 1.5 TiB, for example"
            }
        }
    }

    private static let units: [String: Double] = [
        "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 1024, "mib": 1_048_576,
        "gib": 1_073_741_824, "tib": 1_099_511_627_776,
    ]

    /// The bytes, at least one and at most a petabyte.
    public static func bytes(_ text: String) throws(Fault) -> Int64 {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(number.count).drop { $0.isWhitespace }.lowercased()
        guard let value = Double(number), value > 0 else { throw .noSize }
        if unit.isEmpty { throw .noUnit(number: String(number)) }
        guard let factor = units[unit] else { throw .noSize }
        let bytes = value * factor
        guard bytes >= 1, bytes <= 1e15 else { throw .noSize }
        return Int64(bytes)
    }
}
