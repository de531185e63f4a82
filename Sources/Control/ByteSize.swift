/// Sizes as people write them: `200 GB`, `1.5 TB`, `500 GiB`, `1048576`.
public enum ByteSize {
    private static let units: [String: Double] = [
        "": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 1024, "mib": 1_048_576,
        "gib": 1_073_741_824, "tib": 1_099_511_627_776,
    ]

    /// The bytes, at least one and at most a petabyte; nil for what is no such size.
    public static func bytes(_ text: String) -> Int64? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(number.count).drop { $0.isWhitespace }.lowercased()
        guard let value = Double(number), let factor = units[unit] else { return nil }
        let bytes = value * factor
        return bytes >= 1 && bytes <= 1e15 ? Int64(bytes) : nil
    }
}
