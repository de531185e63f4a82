import Model

/// By which way a node may know of what it goes by: what it was told by peers that may say so there, and what its own
/// people have said. The ghost reads what is sent, and not what a catalogue makes of it.
struct Hearsay {
    /// Something that a person says of an image, or a liar, by what tells it from all others.
    enum Word: Hashable {
        case deletion(image: Int, generation: Int64, isDeleted: Bool, at: Int64)
        case replaced(Int, by: Int)
        /// An edition that nobody comes to but by the liar's, also one of a later edit.
        case edition(Int64)
        /// The word on a name, which passes on to the edit of what had it.
        case name(generation: Int64)
        case attributes(Int, seconds: Int64)

        /// Whether a node goes on saying it when the one that it has it of may not say it any more.
        var stays: Bool { if case .deletion = self { true } else { false } }

        init?(_ deletion: Deletion) {
            guard let image = Names.number(deletion.image) else { return nil }
            self = .deletion(
                image: image, generation: deletion.generation, isDeleted: deletion.isDeleted, at: deletion.at)
        }
    }

    /// How far the editions of a liar are apart: people come from one to the next by ones.
    static let apart: Int64 = 4096
    /// The words, and the nodes that may go by them, one bit each.
    private var words: [Word: UInt8] = [:]
    /// The nodes to which each image may have come.
    private var images = [UInt8](repeating: 0, count: Names.most)

    private static func bit(_ node: Int) -> UInt8 { 1 << UInt8(node) }

    /// The words in a record.
    static func words(of record: SimRecord) -> [Word] {
        if let deletion = record.deletion { return Word(deletion).map { [$0] } ?? [] }
        guard let info = record.info, let image = record.image else { return [] }
        return words(of: info, image)
    }

    static func words(of info: FileInfo, _ image: Int) -> [Word] {
        if info.replaces.isEmpty, info.edition == nil, info.generation == nil, info.attributes == nil { return [] }
        var words = info.replaces.compactMap(Names.number).map { Word.replaced($0, by: image) }
        if let edition = info.edition, edition >= apart { words.append(.edition(edition / apart)) }
        if let generation = info.generation { words.append(.name(generation: generation)) }
        if let attributes = info.attributes, attributes.changes > 0 {
            words.append(.attributes(image, seconds: attributes.seconds))
        }
        return words
    }

    func mayKnow(_ word: Word, _ node: Int) -> Bool { (words[word] ?? 0) & Self.bit(node) != 0 }
    func mayHave(_ image: Int, _ node: Int) -> Bool { images[image] & Self.bit(node) != 0 }

    /// Whether a node may know of something that replaced an image.
    func mayReplace(_ image: Int, _ node: Int) -> Bool {
        words.contains { word, nodes in
            if case .replaced(image, _) = word { nodes & Self.bit(node) != 0 } else { false }
        }
    }

    mutating func knows(_ word: Word, _ node: Int) { words[word, default: 0] |= Self.bit(node) }
    mutating func has(_ image: Int, _ node: Int) { images[image] |= Self.bit(node) }

    /// What a peer sent to a node.
    mutating func heard(_ node: Int, _ peer: Int, isLiar: Bool, _ rights: PeerRights, _ record: SimRecord) {
        guard rights.contains(.shares), let image = record.image else { return }
        if record.info != nil { has(image, node) }
        guard rights.contains(.speaks) else { return }
        for word in Self.words(of: record) where isLiar || mayKnow(word, peer) { knows(word, node) }
    }

    /// A node goes by what it has published, and by what those say that speak there.
    ///
    /// - Parameter forgetting: and by nothing else from now on, but the deletions that it has made its own.
    mutating func renew(_ node: SimNode, forgetting: Bool) {
        // What is under way ends as it was begun.
        if forgetting, !node.jobs.contains(where: { $0.image != nil && $0.task == nil }) {
            for (word, nodes) in words where !word.stays { words[word] = nodes & ~Self.bit(node.index) }
        }
        for row in node.catalogue.rows {
            has(row.image, node.index)
            for word in Self.words(of: row.published) { knows(word, node.index) }
        }
        for word in node.catalogue.words.flatMap(Self.words) { knows(word, node.index) }
        // What comes back from the trash says what it said.
        for aside in node.catalogue.asides {
            for word in Self.words(of: aside.info, aside.image) { knows(word, node.index) }
        }
        for (peer, mirror) in node.catalogue.mirrors.enumerated()
        where node.catalogue.rights[peer].contains(.speaks) {
            for record in mirror.records {
                for word in Self.words(of: record) { knows(word, node.index) }
            }
        }
    }
}

/// Judging what comes of what others say.
extension Ghost {
    /// A node was sent records.
    mutating func heard(_ node: SimNode, _ peer: Int, _ records: some Sequence<SimRecord>) {
        let rights = node.catalogue.rights[peer]
        let isLiar = peer == node.house.liar
        for record in records { hearsay.heard(node.index, peer, isLiar: isLiar, rights, record) }
    }

    /// A person has changed what a peer may at a node.
    mutating func allowed(_ node: SimNode) { hearsay.renew(node, forgetting: true) }

    /// A person has edited what stands at a path.
    mutating func edited(_ node: SimNode, _ info: FileInfo, _ image: Int) {
        for word in Hearsay.words(of: info, image) {
            if case .replaced = word { hearsay.knows(word, node.index) }
        }
    }

    /// A node answers a peer.
    mutating func answers(_ node: SimNode, _ peer: Int, _ answer: Answer) {
        guard node.index != node.house.liar, !node.catalogue.rights[peer].contains(.sees), !answer.isEmpty else {
            return
        }
        fail("S10", "\(node.name) answers \(Names.people[peer]), which may see nothing there")
    }

    /// A node has published a row.
    mutating func isRightful(_ row: OwnRow, _ node: SimNode) {
        if row.origin != nil, !hearsay.mayHave(row.image, node.index) {
            fail("S10", "\(node.name) has image \(row.image), of which only one told it whose images do not come there")
        }
        for word in Hearsay.words(of: row.published) where !hearsay.mayKnow(word, node.index) {
            fail("S10", "\(node.name) goes by \(word), which nobody said that may say so there")
        }
    }
}
