/// What the numbers of a picture mean: how they stand for light, and which three lights they mix.
struct ColourSpace: Hashable, Sendable {
    /// One for each channel; three of the same for grey.
    var curves: [TransferCurve]
    /// From linear red, green and blue to XYZ as ICC profiles have it, with a white of D50.
    var toXYZ: Matrix3

    /// sRGB: what a picture without a profile is taken for.
    static let sRGB = ColourSpace(
        curves: [.sRGB, .sRGB, .sRGB],
        toXYZ: Matrix3(rows: [
            [0.436_074_7, 0.385_064_9, 0.143_080_4], [0.222_504_5, 0.716_878_6, 0.060_616_9],
            [0.013_932_2, 0.097_104_5, 0.714_173_3],
        ]))

    /// Shares of the channels in luminance, together one.
    var luminance: [Double] {
        let sum = toXYZ.rows[1].reduce(0, +)
        return toXYZ.rows[1].map { $0 / sum }
    }
}

extension ColourSpace {
    /// That of a profile of a matrix and curves, or of one curve for grey; nil for all others, and for those whose
    /// numbers cannot be meant.
    init?(_ profile: ICCProfile) {
        let bytes = profile.bytes
        func number(_ offset: Int, _ size: Int) -> Int? {
            guard offset >= 0, offset <= bytes.count - size else { return nil }
            return bytes[offset..<offset + size].reduce(0) { $0 << 8 | Int($1) }
        }
        func fixed(_ offset: Int) -> Double? {
            number(offset, 4).map { Double(Int32(truncatingIfNeeded: $0)) / 65_536 }
        }
        func tag(_ name: String) -> Int? {
            // Real profiles have about fifteen tags.
            let count = min(number(128, 4) ?? 0, 200)
            let entry = (0..<count).map { 132 + 12 * $0 }.first { entry in
                entry + 12 <= bytes.count && bytes[entry..<entry + 4].elementsEqual(name.utf8)
            }
            return entry.flatMap { number($0 + 4, 4) }
        }
        func curve(_ name: String) -> TransferCurve? {
            guard let place = tag(name), let kind = number(place, 4), let count = number(place + 8, 4) else {
                return nil
            }
            switch kind {
            case 0x6375_7276:  // curv
                if count == 0 { return .gamma(1) }
                if count == 1 { return number(place + 12, 2).map { .gamma(Double($0) / 256) } }
                guard count <= 4096, place + 12 + 2 * count <= bytes.count else { return nil }
                return .table((0..<count).compactMap { number(place + 12 + 2 * $0, 2) }.map { Double($0) / 65_535 })
            case 0x7061_7261:  // para
                let function = count >> 16
                let lengths = [1, 3, 4, 5, 7]
                guard function < lengths.count else { return nil }
                let p = (0..<lengths[function]).compactMap { fixed(place + 12 + 4 * $0) }
                guard p.count == lengths[function] else { return nil }
                switch function {
                case 0: return .gamma(p[0])
                case 1, 2:
                    guard p[1] != 0 else { return nil }
                    let offset = function == 2 ? p[3] : 0
                    return .parametric(g: p[0], a: p[1], b: p[2], c: 0, d: -p[2] / p[1], e: offset, f: offset)
                default:
                    return .parametric(
                        g: p[0], a: p[1], b: p[2], c: p[3], d: p[4], e: function == 4 ? p[5] : 0,
                        f: function == 4 ? p[6] : 0)
                }
            default: return nil
            }
        }
        func usable(_ names: [String]) -> [TransferCurve]? {
            let curves = names.compactMap(curve)
            return curves.count == names.count && curves.allSatisfy(\.isUsable) ? curves : nil
        }
        if profile.describes(grey: true) {
            guard let grey = usable(["kTRC"]) else { return nil }
            self.init(curves: [grey[0], grey[0], grey[0]], toXYZ: Self.sRGB.toXYZ)
            return
        }
        guard profile.describes(grey: false), bytes[20..<24].elementsEqual("XYZ ".utf8),
            let curves = usable(["rTRC", "gTRC", "bTRC"])
        else { return nil }
        let columns = ["rXYZ", "gXYZ", "bXYZ"].compactMap(tag).map { place in
            (0..<3).compactMap { fixed(place + 8 + 4 * $0) }
        }
        guard columns.count == 3, columns.allSatisfy({ $0.count == 3 }) else { return nil }
        let matrix = Matrix3(rows: (0..<3).map { row in columns.map { $0[row] } })
        let luminance = matrix.rows[1]
        guard matrix.inverse != nil, luminance.allSatisfy({ $0 >= 0 }), (0.5...2).contains(luminance.reduce(0, +))
        else {
            return nil
        }
        self.init(curves: curves, toXYZ: matrix)
    }
}
