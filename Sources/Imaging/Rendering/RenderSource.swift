import Model

/// The picture that a recipe is run on, as it is stored: a main, or a reduced copy of one.
struct RenderSource: Sendable {
    /// Pixels, as stored.
    let width: Int
    let height: Int
    let orientation: Orientation
    /// The scale of a reduced copy, in eighths of its main; 8 for a main, and where the main's size is not known.
    let eighths: Int
    /// The main's pixels, as stored.
    let mainWidth: Int
    let mainHeight: Int

    /// A main.
    init(width: Int, height: Int, orientation: Orientation) {
        (self.width, self.height, self.orientation) = (width, height, orientation)
        (eighths, mainWidth, mainHeight) = (8, width, height)
    }

    /// A reduced copy of a main of this upright size, or of an unknown one.
    init(copyOfWidth width: Int, height: Int, orientation: Orientation, mainSize: PixelSize?) {
        (self.width, self.height, self.orientation) = (width, height, orientation)
        let main = mainSize.map { orientation.sides($0.width, $0.height) } ?? (width: width, height: height)
        let scale = (1...8).first { ((main.width * $0 + 7) / 8, (main.height * $0 + 7) / 8) == (width, height) }
        eighths = scale ?? 8
        (mainWidth, mainHeight) = scale == nil ? (width, height) : (main.width, main.height)
    }

    /// Long edge, in its own pixels and parts of them.
    var longEdge: Double { Double(max(mainWidth, mainHeight) * eighths) / 8 }
}
