import Model

/// The picture that a recipe is run on, as it is stored, and how much of what the recipe means it shows.
struct RenderSource: Sendable {
    /// Pixels, as stored.
    let width: Int
    let height: Int
    let orientation: Orientation
    /// Sides in its own pixels of the picture that the recipe is about: fewer than the pixels where the last column or
    /// row of a reduced copy has only a part of a pixel.
    let exactWidth: Double
    let exactHeight: Double
    /// The main's pixels, as stored; the recipe's crops fall between those. Its own where it is no copy, or that is
    /// not known.
    let mainWidth: Int
    let mainHeight: Int

    /// A main.
    init(width: Int, height: Int, orientation: Orientation) {
        (self.width, self.height, self.orientation) = (width, height, orientation)
        (exactWidth, exactHeight, mainWidth, mainHeight) = (Double(width), Double(height), width, height)
    }

    /// A reduced copy of a main of this upright size, or of an unknown one.
    init(copyOfWidth width: Int, height: Int, orientation: Orientation, mainSize: PixelSize?) {
        (self.width, self.height, self.orientation) = (width, height, orientation)
        let main = mainSize.map { orientation.sides($0.width, $0.height) } ?? (width: width, height: height)
        let eighths = (1...8).first { ((main.width * $0 + 7) / 8, (main.height * $0 + 7) / 8) == (width, height) }
        if let eighths {
            (mainWidth, mainHeight) = (main.width, main.height)
            exactWidth = Double(main.width * eighths) / 8
            exactHeight = Double(main.height * eighths) / 8
        } else {
            (exactWidth, exactHeight, mainWidth, mainHeight) = (Double(width), Double(height), width, height)
        }
    }
}
