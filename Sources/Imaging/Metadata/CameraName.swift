/// The name of a camera, of what its maker wrote.
enum CameraName {
    /// Characters of the maker, and of the model. The longest real ones have some forty.
    private static let longest = 64

    /// `Canon EOS R5`, `Apple iPhone 12`: the maker is left out where the model begins with it. Nil where nothing is said.
    static func text(make: ArraySlice<UInt8>?, model: ArraySlice<UInt8>?) -> String? {
        let (make, model) = (make.flatMap(words), model.flatMap(words))
        guard let make else { return model?.joined(separator: " ") }
        guard let model, let first = model.first else { return make.joined(separator: " ") }
        // "NIKON CORPORATION" with "NIKON Z 6", "EASTMAN KODAK COMPANY" with "KODAK DC240".
        let isNamed = make.contains { $0.lowercased() == first.lowercased() }
        return ((isNamed ? [] : make) + model).joined(separator: " ")
    }

    /// The words of a text, without what is not to be seen or turns the direction of writing; nil where there are none.
    private static func words(_ bytes: ArraySlice<UInt8>) -> [String]? {
        let text = String(decoding: bytes.prefix(4 * longest).prefix { $0 != 0 }, as: UTF8.self)
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(longest) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: clean.append(" ")
            case .format, .surrogate, .privateUse, .unassigned: break
            // What was no UTF-8.
            default: if scalar != "\u{FFFD}" { clean.append(scalar) }
            }
        }
        let words = String(clean).split(separator: " ").map(String.init)
        return words.isEmpty ? nil : words
    }
}
