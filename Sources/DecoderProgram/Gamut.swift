import CFFmpeg

/// Which colours the numbers of a reduced copy reach, where its main has no profile of its own.
struct Gamut {
    /// The profile to go with it; nil for that of sRGB, which needs none.
    let profile: [UInt8]?
    /// From the light of the main's three colours to that of the copy's, row by row.
    let matrix: [Double]

    private static let same: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    /// From BT.2020 to Display P3, both with the white of D65.
    private static let narrower: [Double] = [
        1.3435783, -0.2821797, -0.0613986, -0.0652975, 1.0757879, -0.0104905, 0.0028218, -0.0195985, 1.0167767,
    ]
    // Red, green and blue in CIE XYZ, adapted to D50.
    private static let displayP3 = ICCWriter.profile(
        "Display P3", red: [0.5151, 0.2412, -0.0011], green: [0.2920, 0.6922, 0.0419], blue: [0.1571, 0.0666, 0.7841])
    private static let bt2020 = ICCWriter.profile(
        "BT.2020", red: [0.6734, 0.2790, -0.0019], green: [0.1657, 0.6753, 0.0300], blue: [0.1251, 0.0457, 0.7968])

    /// That of a picture by its primaries. One that is tone-mapped is brought from BT.2020 to Display P3, of which few
    /// screens show more.
    init(_ colour: CodedColour) {
        switch (colour.primaries, colour.isHighRange) {
        case (AVCOL_PRI_SMPTE432, _): (profile, matrix) = (Self.displayP3, Self.same)
        case (AVCOL_PRI_BT2020, true): (profile, matrix) = (Self.displayP3, Self.narrower)
        case (AVCOL_PRI_BT2020, false): (profile, matrix) = (Self.bt2020, Self.same)
        default: (profile, matrix) = (nil, Self.same)
        }
    }
}
