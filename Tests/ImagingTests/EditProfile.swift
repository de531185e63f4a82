/// ICC profiles for tests, put together here.
enum EditProfile {
    /// sRGB's primaries with values that are light itself.
    static let linear: [UInt8] = {
        func long(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        func xyz(_ values: [Double]) -> [UInt8] {
            Array("XYZ ".utf8) + long(0) + values.flatMap { long(Int(($0 * 65_536).rounded())) }
        }
        let curve = Array("curv".utf8) + long(0) + long(0)
        let data = [
            xyz([0.436, 0.2225, 0.0139]), xyz([0.3851, 0.7169, 0.0971]), xyz([0.1431, 0.0606, 0.7142]), curve,
        ]
        let tags = [("rXYZ", 0), ("gXYZ", 1), ("bXYZ", 2), ("rTRC", 3), ("gTRC", 3), ("bTRC", 3)]
        let start = 128 + 4 + 12 * tags.count
        let offsets = data.indices.map { index in start + data[..<index].reduce(0) { $0 + $1.count } }
        var table = long(tags.count)
        for tag in tags { table += Array(tag.0.utf8) + long(offsets[tag.1]) + long(data[tag.1].count) }
        var header = [UInt8](repeating: 0, count: 128)
        header.replaceSubrange(12..<24, with: Array("mntrRGB XYZ ".utf8))
        header.replaceSubrange(36..<40, with: Array("acsp".utf8))
        let body = header + table + data.flatMap { $0 }
        return long(body.count) + body.dropFirst(4)
    }()
}
