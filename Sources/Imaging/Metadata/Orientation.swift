/// One of the eight ways in which a picture can lie: quarter turns, mirrored or not. As EXIF numbers them.
///
/// As a matrix on positions about the middle, with y downwards: (x, y) of the picture as it lies becomes
/// (a·x + b·y, c·x + d·y) of the picture as it is seen.
struct Orientation: Hashable, Sendable {
    let a: Int
    let b: Int
    let c: Int
    let d: Int

    /// By EXIF's numbers, 1 to 8.
    private static let all = [
        Orientation(a: 1, b: 0, c: 0, d: 1), Orientation(a: -1, b: 0, c: 0, d: 1),
        Orientation(a: -1, b: 0, c: 0, d: -1), Orientation(a: 1, b: 0, c: 0, d: -1),
        Orientation(a: 0, b: 1, c: 1, d: 0), Orientation(a: 0, b: -1, c: 1, d: 0),
        Orientation(a: 0, b: -1, c: -1, d: 0), Orientation(a: 0, b: 1, c: -1, d: 0),
    ]

    /// Upright.
    static let upright = all[0]
    /// Left and right have to change places.
    static let mirrored = all[1]
    /// Has to be turned once clockwise.
    static let turnedOnce = all[5]

    private init(a: Int, b: Int, c: Int, d: Int) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

    /// That of EXIF's number; upright for one that there is none of.
    init(exif: Int) { self = Self.all[(1...8).contains(exif) ? exif - 1 : 0] }

    /// EXIF's number, 1 to 8.
    var exif: Int { (Self.all.firstIndex(of: self) ?? 0) + 1 }

    /// Whether width and height change places.
    var swapsSides: Bool { a == 0 }

    /// What leads back.
    var inverse: Orientation { Orientation(a: a, b: c, c: b, d: d) }

    /// `first`, and then `self`.
    func after(_ first: Orientation) -> Orientation {
        Orientation(
            a: a * first.a + b * first.c, b: a * first.b + b * first.d,
            c: c * first.a + d * first.c, d: c * first.b + d * first.d)
    }

    /// The sides of a picture, seen so.
    func sides<Number>(_ width: Number, _ height: Number) -> (width: Number, height: Number) {
        swapsSides ? (height, width) : (width, height)
    }

    func apply(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        (Double(a) * x + Double(b) * y, Double(c) * x + Double(d) * y)
    }

    func apply(_ x: Int, _ y: Int) -> (x: Int, y: Int) { (a * x + b * y, c * x + d * y) }
}
