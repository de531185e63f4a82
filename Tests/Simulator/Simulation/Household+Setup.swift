import Model

extension Household {
    /// Puts a household together that has lived for a while.
    func setUp() {
        if size > 2, dice.chance(300) { liar = dice.below(size) }
        for index in 0..<size {
            var policy = Policy()
            policy.keep = dice.chance(climate.theme == .changing ? 800 : 450) ? .mains : .reduced
            policy.copiesMinimum = dice.chance(200) ? 2 : 1
            if dice.chance(250) { policy.limit = Int64(dice.within(3...9)) * 3_000_000 }
            let node = SimNode(index: index, policy: policy, house: self)
            node.catalogue.usesLines = usesLines
            node.rate = 1_000_000 + dice.within(-20_000...20_000)
            node.wallError = dice.chance(300) ? dice.within(-400...400) * 86_400_000 : 0
            node.catalogue.wall = node.wall
            nodes.append(node)
        }
        setRights()
        for _ in 0..<(isCrowded ? dice.within(1...2) : dice.within(2...5)) { place() }
        for node in nodes {
            for peer in nodes where peer !== node && peer.index != liar {
                if dice.chance(200) {
                    node.news.insert(peer.index)
                } else {
                    let range = SequenceRange(from: 0, to: peer.catalogue.last + 1)
                    let shown = peer.shows(node.index) ? peer.catalogue.published(in: range) : []
                    _ = node.catalogue.replaceMirror(of: peer.index, range, with: shown)
                    ghost.heard(node, peer.index, shown)
                }
            }
            ghost.hearsay.renew(node, forgetting: false)
            node.catalogue.changes = []
            node.dirty = Set(node.catalogue.images)
        }
        if liar != nil { for _ in 0..<4 { fabricate() } }
    }

    /// One image, as a main at some nodes and as a reduced copy at others.
    private func place() {
        guard let image = newPicture() else { return }
        let path = path("\(dice.pick(["a", "b", "c"]) ?? "a")\(dice.below(5)).jpg")
        var info = info(of: image, at: path)
        let owner = dice.pick(honest)
        for node in honest {
            guard node.disk.files[path.description] == nil, node.disk.files[path.reduced.description] == nil else {
                continue
            }
            let isMain = node === owner || dice.chance(isCrowded ? 850 : 450)
            guard isMain || dice.chance(600) && info.type == .jpeg else { continue }
            info.form = isMain ? .main : .reduced
            info.edge = isMain ? nil : 2048
            let content: Content = isMain ? .main(image) : .reduced(image, edge: 2048)
            info.bytes = bytes(of: content)
            node.disk.put(info.file.description, content, bytes: info.bytes, at: now)
            guard let file = node.disk.files[info.file.description] else { continue }
            node.catalogue.put(info, image, at: info.file, file.stamp, origin: node === owner ? nil : path)
        }
    }
}
