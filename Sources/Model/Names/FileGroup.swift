/// Files of one folder that belong together by their names: a photo with its RAW, its film and its sidecars.
///
/// Told by the names alone, whatever is in the files, and kept nowhere: whoever gives a file another name takes it out of its
/// group.
public struct FileGroup: Hashable, Sendable {
    /// What a file is to its group.
    public enum Kind: String, Hashable, Sendable, Comparable, CaseIterable, Codable {
        case picture, raw, film
        /// The picture or film as a phone keeps it beside the one that was edited.
        case editedPicture, editedFilm
        /// Of a picture or film: words, edits, a small picture, a spoken note.
        case sidecar

        /// In the order of the list above.
        public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

        /// What a person calls it.
        public var noun: String {
            switch self {
            case .picture: "picture"
            case .raw: "RAW"
            case .film: "film"
            case .editedPicture: "edited picture"
            case .editedFilm: "edited film"
            case .sidecar: "sidecar"
            }
        }
    }

    /// A file of it.
    public struct Part: Hashable, Sendable {
        public var path: RelativePath
        public var kind: Kind

        public init(path: RelativePath, kind: Kind) { (self.path, self.kind) = (path, kind) }
    }

    /// The file that stands for all of them: the picture, or else the RAW, or else the film.
    public let lead: Part
    /// The others, by kind and path; never none.
    public let parts: [Part]

    /// All paths, that of the lead first.
    public var paths: [RelativePath] { [lead.path] + parts.map(\.path) }

    private init?(_ members: [Part]) {
        let sorted = members.sorted { ($0.kind, $0.path) < ($1.kind, $1.path) }
        guard let lead = sorted.first, lead.kind != .sidecar, sorted.count > 1 else { return nil }
        (self.lead, parts) = (lead, Array(sorted.dropFirst()))
    }
}

/// The rules.
extension FileGroup {
    /// The kinds by the endings of names.
    private static let kinds: [String: Kind] = [
        .picture: "jpg jpeg jpe heic heif hif avif png webp tif tiff jxl gif",
        .raw: "dng cr2 cr3 crw nef nrw arw sr2 srf raf orf rw2 pef srw 3fr fff iiq erf mef mos mrw rwl x3f kdc dcr gpr",
        .film: "mov mp4 m4v 3gp 3g2 mkv avi mts m2ts mpg mpeg wmv",
        .sidecar: "xmp aae thm wav dop pp3",
    ].reduce(into: [:]) { (kinds: inout [String: Kind], entry: (key: Kind, value: String)) in
        for ending in entry.value.split(separator: " ") { kinds[String(ending)] = entry.key }
    }

    /// What a name says of its file.
    private struct Name {
        var kind: Kind
        /// What the names of a group have in common, in small letters.
        var stem: [UInt8]
        /// The whole name of the one file that it goes with, where it says so, in small letters.
        var owner: [UInt8]?

        init?(_ name: String) {
            let bytes = name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            guard let (stem, kind) = Self.split(bytes) else { return nil }
            (self.stem, self.kind) = (stem, kind)
            // `IMG_1.JPG.xmp`
            if kind == .sidecar, let (inner, itsKind) = Self.split(stem), itsKind != .sidecar {
                (owner, self.stem) = (stem, inner)
            }
            guard let phones = Self.phones(self.stem, isSidecar: kind == .sidecar) else { return }
            self.stem = phones
            if kind == .picture { self.kind = .editedPicture }
            if kind == .film { self.kind = .editedFilm }
        }

        private static func split(_ name: some Collection<UInt8>) -> (stem: [UInt8], kind: Kind)? {
            let name = Array(name)
            guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0,
                let kind = kinds[String(decoding: name[(dot + 1)...], as: UTF8.self)]
            else { return nil }
            return (Array(name[..<dot]), kind)
        }

        /// The stem of the original that `IMG_E1234` was made from, as iPhones number, and of the sidecar `IMG_O1234`.
        private static func phones(_ stem: [UInt8], isSidecar: Bool) -> [UInt8]? {
            guard stem.count == 9, stem.starts(with: "img_".utf8),
                stem[5...].allSatisfy({ (0x30...0x39).contains($0) }),
                stem[4] == UInt8(ascii: "e") || (isSidecar && stem[4] == UInt8(ascii: "o"))
            else { return nil }
            return Array(stem[..<4] + stem[5...])
        }
    }

    private struct Key: Hashable {
        var folder: String
        var stem: [UInt8]
    }

    /// The groups among these files, by their leads' paths; a file is in one group at most. Takes as long as there are files.
    ///
    /// Two files of one stem that could each be the picture, as `a.jpg` and `a.png`, are none's part: only a sidecar that
    /// names its file whole goes with that. Nor is it certain where a second name stands beside a taken one, as
    /// `a (laptop).jpg` beside `a.jpg` and `a.mov`, and not beside all: the film may be of either.
    public static func groups(among paths: some Sequence<RelativePath>) -> [FileGroup] {
        var byStem: [Key: [(part: Part, name: Name)]] = [:]
        for path in Set(paths) {
            guard let name = Name(path.name) else { continue }
            byStem[Key(folder: path.folder ?? "", stem: name.stem), default: []].append(
                (Part(path: path, kind: name.kind), name))
        }
        var doubtful: Set<Key> = []
        for (key, files) in byStem where key.stem.last == UInt8(ascii: ")") {
            let kinds = Set(files.map(\.part.kind))
            for base in bases(of: key.stem).map({ Key(folder: key.folder, stem: $0) }) {
                guard let others = byStem[base], !kinds.isSuperset(of: others.map(\.part.kind)) else { continue }
                doubtful.insert(base)
            }
        }
        return byStem.flatMap { key, files in
            files.count > 1 ? groups(ofOneStem: files, isCertain: !doubtful.contains(key)) : []
        }.sorted { $0.lead.path < $1.lead.path }
    }

    /// The stems to which this one may be a second name: what stands before each ` (`.
    private static func bases(of stem: [UInt8]) -> [[UInt8]] {
        stem.indices.dropFirst().filter { stem[$0...].starts(with: " (".utf8) }.map { Array(stem[..<$0]) }
    }

    private static func groups(ofOneStem files: [(part: Part, name: Name)], isCertain: Bool) -> [FileGroup] {
        let media = files.filter { $0.name.kind != .sidecar }.map(\.part)
        func lowered(_ path: RelativePath) -> [UInt8] {
            path.name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        }
        var owned: [[UInt8]: [Part]] = [:]
        for file in files { if let owner = file.name.owner { owned[owner, default: []].append(file.part) } }
        if !isCertain || Set(media.map(\.kind)).count < media.count {
            let names = Dictionary(grouping: media) { lowered($0.path) }
            return names.compactMap { name, parts in parts.count == 1 ? FileGroup(parts + (owned[name] ?? [])) : nil }
        }
        let shared = files.filter { $0.name.kind == .sidecar && $0.name.owner == nil }.map(\.part)
        return [FileGroup(media + shared + media.flatMap { owned[lowered($0.path)] ?? [] })].compactMap(\.self)
    }
}
