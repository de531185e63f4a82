import Glibc

/// How text is to look: colours and bars on a terminal only, and how many columns there are.
struct Style: Sendable {
    /// Whether it is a terminal, so that bars may be drawn and lines drawn over.
    var isTerminal: Bool
    /// Whether colours may be used.
    var hasColour: Bool
    /// Columns to fit into.
    var width: Int
    /// Lines to fit into; nil where there is no end.
    var height: Int?

    init(isTerminal: Bool, hasColour: Bool, width: Int, height: Int? = nil) {
        self.isTerminal = isTerminal
        self.hasColour = hasColour
        self.width = width
        self.height = height
    }

    /// The style for `descriptor`. `NO_COLOR` (no-color.org) and a dumb terminal turn colours off.
    init(of descriptor: Int32, environment: [String: String]) {
        isTerminal = isatty(descriptor) == 1
        hasColour = isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        var size = winsize()
        if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 {
            width = Int(size.ws_col)
            height = size.ws_row > 0 ? Int(size.ws_row) : nil
        } else {
            width = 80
        }
    }

    /// `text` cut at spaces where a terminal would cut words; elsewhere as it is.
    func paragraph(_ text: String) -> String {
        guard isTerminal else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            String(line).columns <= width ? [String(line)] : String(line).wrapped(to: width)
        }.joined(separator: "\n")
    }

    /// Colours and weights, by what they say.
    enum Paint: String {
        case heading = "1"
        case faint = "2"
        case good = "32"
        case caution = "33"
        case bad = "31"
    }

    /// `text` painted, where there are colours.
    func paint(_ text: String, _ paint: Paint?) -> String {
        guard hasColour, let paint, !text.isEmpty else { return text }
        return "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m"
    }
}
