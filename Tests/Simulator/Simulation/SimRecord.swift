import Model

/// A record as it is published and mirrored: made once, never changed, shared by all who have it.
final class SimRecord {
    let sequence: Model.Record.Sequence
    let fingerprint: Fingerprint
    /// What it says; nil for nothing that counts.
    let content: Model.Record.Content?
    /// The image's number; nil where a lying peer made the id up, and where nothing counts.
    let image: Int?

    /// - Parameter usesLines: takes the real line and its real hash, which is much slower.
    convenience init(_ record: Model.Record, usesLines: Bool) {
        let fingerprint = usesLines ? Fingerprint(line: record.line) : Self.fingerprint(record)
        self.init(record.sequence, fingerprint, record.content)
    }

    private init(_ sequence: Model.Record.Sequence, _ fingerprint: Fingerprint, _ content: Model.Record.Content?) {
        (self.sequence, self.fingerprint, self.content) = (sequence, fingerprint, content)
        image =
            switch content {
            case .file(let info)?: Names.number(info.image)
            case .deletion(let deletion)?: Names.number(deletion.image)
            case .edit?: preconditionFailure("nobody edits in a simulated household")
            case nil: nil
            }
    }

    /// What counts of it from a peer with these rights, in the same place.
    func counted(by rights: PeerRights) -> SimRecord {
        rights.isSuperset(of: [.shares, .speaks]) && info?.generation != FileInfo.highestGeneration
            ? self : SimRecord(sequence, fingerprint, content?.counted(by: rights))
    }

    var info: FileInfo? { if case .file(let info)? = content { info } else { nil } }

    var deletion: Deletion? { if case .deletion(let deletion)? = content { deletion } else { nil } }

    /// Stands in for the hash of the line: equal records, equal fingerprints, and none but by accident otherwise.
    private static func fingerprint(_ record: Model.Record) -> Fingerprint {
        var sum = Dice.mix(UInt64(record.sequence))
        func take(_ word: Int) { sum = Dice.mix(sum ^ UInt64(truncatingIfNeeded: word)) }
        func take(_ path: RelativePath) {
            for byte in path.description.utf8 { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
            sum = Dice.mix(sum)
        }
        switch record.content {
        case .file(let info):
            take(Names.number(info.image) ?? -1)
            take(info.path)
            take(info.form == .main ? 0 : info.edge ?? 1)
            take(Int(info.bytes))
            take(Int(info.mainBytes))
            take(info.size?.width ?? 0)
            take(Int(info.captured ?? 0))
            take(Int(info.edition ?? 0))
            for image in info.replaces { take(Names.number(image) ?? -1) }
            if let generation = info.generation { take(Int(generation)) }
            if let attributes = info.attributes {
                take(Int(attributes.seconds))
                take(Int(attributes.changes))
            }
        case .deletion(let deletion):
            take(Names.number(deletion.image) ?? -1)
            take(deletion.path)
            take(Int(deletion.generation) * 2 + (deletion.isDeleted ? 1 : 0))
            take(Int(deletion.at))
            take(Names.number(deletion.by) ?? -1)
        case .edit: preconditionFailure("nobody edits in a simulated household")
        }
        return Fingerprint(value: UInt128(sum) << 64 | UInt128(Dice.mix(sum &+ 1)))
    }
}

/// A row of the own list: a file of the library that is an image.
final class OwnRow {
    let published: SimRecord
    let image: Int
    let info: FileInfo
    /// The file itself.
    let path: RelativePath
    let stamp: Stamp
    /// The holder's path that it was placed after; nil for what a person put here.
    let origin: RelativePath?

    init(_ published: SimRecord, image: Int, info: FileInfo, path: RelativePath, stamp: Stamp, origin: RelativePath?) {
        self.published = published
        self.image = image
        self.info = info
        self.path = path
        self.stamp = stamp
        self.origin = origin
    }

    /// The file's name on the disk.
    var file: String { path.description }
    var isMain: Bool { info.form == .main }
}
