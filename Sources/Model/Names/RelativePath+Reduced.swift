import Crypto

/// How the file of a reduced copy is named after its main: `NAME` ↔ `NAME.reduced.jpg`.
extension RelativePath {
    /// The ending of every reduced copy's file name.
    public static let reducedSuffix = ".reduced.jpg"

    /// The path of the reduced copy of the main at this path.
    ///
    /// A name too long to take the suffix within 255 bytes is cut at a character's end and closed by `~` and 16
    /// hexadecimal digits of the SHA-256 of the whole name. Such a name cannot be turned back by itself: the full one
    /// is in the catalogue, and in the holders' file info.
    public var reduced: RelativePath {
        RelativePath(sibling: stem(besides: Self.reducedSuffix) + Self.reducedSuffix, of: self)
    }

    /// The path of a rendition of the main at this path: `NAME.edited.jpg`, `NAME.edited-2.jpg`, … A name too long is
    /// cut as in ``reduced``, leaving room for that ending too.
    ///
    /// - Parameters:
    ///   - number: 1 for the first that is tried.
    ///   - isPNG: whether the name ends in `.png` in place of `.jpg`.
    public func edited(_ number: Int, isPNG: Bool = false) -> RelativePath {
        let ending = (number == 1 ? ".edited" : ".edited-\(number)") + (isPNG ? ".png" : ".jpg")
        return RelativePath(sibling: stem(besides: ending + Self.reducedSuffix) + ending, of: self)
    }

    /// The name, cut so that `ending` fits behind it.
    private func stem(besides ending: String) -> String {
        let room = Self.longestComponent - ending.utf8.count
        guard name.utf8.count > room else { return name }
        let mark = "~" + Hex.encode(SHA256.hash(data: Array(name.utf8)).prefix(8))
        var stem = name
        while stem.utf8.count > room - mark.utf8.count { stem.removeLast() }
        return stem + mark
    }

    /// The path of the main whose reduced copy would stand at this path, or nil when the name has no such ending.
    public var mainOfReduced: RelativePath? {
        let (bytes, ending) = (name.utf8, Self.reducedSuffix.utf8)
        guard bytes.count > ending.count, bytes.suffix(ending.count).elementsEqual(ending) else { return nil }
        return try? replacingName(with: String(decoding: bytes.dropLast(ending.count), as: UTF8.self))
    }

    /// The path to use when another image already has this one: `NAME (NODE).ext`, then `NAME (NODE 2).ext`, …
    ///
    /// - Parameters:
    ///   - label: the name of the node that the file comes from; characters that no name may hold are left out.
    ///   - attempt: 1 for the first try.
    public func disambiguated(by label: String, attempt: Int) -> RelativePath {
        let clean = String(
            label.unicodeScalars.filter { $0 != "/" && $0.properties.generalCategory != .control }.prefix(40))
        let note = attempt == 1 ? " (\(clean))" : " (\(clean) \(attempt))"
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        var stem = name[..<dot]
        var ending = String(name[dot...])
        if ending.utf8.count > 32 { (stem, ending) = (name[...], "") }
        while stem.utf8.count + note.utf8.count + ending.utf8.count > Self.longestComponent { stem.removeLast() }
        return (try? replacingName(with: stem + note + ending)) ?? self
    }

    /// The paths of which this may be a name that ``disambiguated(by:attempt:)`` gives, whatever the label; none of a name
    /// that was cut to fit.
    public var disambiguationBases: [RelativePath] {
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        let (stem, ending) = (name[..<dot], name[dot...])
        guard stem.last == ")" else { return [] }
        return stem.indices.compactMap { place in
            stem[place...].hasPrefix(" (") ? try? replacingName(with: String(stem[..<place] + ending)) : nil
        }
    }

    /// Whether this is a name that ``disambiguated(by:attempt:)`` gives to `path`, whatever the label.
    public func isDisambiguation(of path: RelativePath) -> Bool { disambiguationBases.contains(path) }
}
