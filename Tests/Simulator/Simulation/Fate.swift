import Model

/// What nobody asked for.
enum Blow: Int, CaseIterable {
    case kill, crash, diskFault, unmount, emptyFolder, snapshot, loseCatalogue, rollBackCatalogue, rollBackDisk
    case rot, wallJump, cut, heal, loss
}

/// A disk and a catalogue as they were once.
struct Snapshot {
    var node: Int
    var disk: SimDisk
    var catalogue: SimCatalogue
}

extension Household {
    /// Whom it strikes: now and then those whom it hurts most.
    private var victims: [SimNode] {
        let choice = dice.below(10)
        let tender = honest.filter { node in
            switch choice {
            case 0...2: node.jobs.contains { $0.task != nil }
            case 3...4: node.turn?.isBound == true
            case 5: node.catalogue.holds.contains { $0.until > node.milliseconds }
            default: true
            }
        }
        return tender.isEmpty ? honest : tender
    }

    func strike(_ blow: Blow, _ snapshots: inout [Snapshot]) {
        guard let node = dice.pick(victims) else { return }
        switch blow {
        case .kill where node.isUp:
            tell("\(node.name) is killed")
            node.stop()
        case .crash where node.isUp:
            tell("\(node.name)'s machine loses its power")
            node.crash()
        case .diskFault:
            let fault: DiskFault = dice.chance(500) ? .noSpace : .io
            node.disk.failure = (dice.below(6), fault)
        case .unmount where node.disk.presence == .mounted:
            tell("\(node.name)'s disk is unplugged")
            node.disk.presence = .unmounted
        case .emptyFolder where node.disk.presence == .mounted:
            tell("\(node.name)'s disk is unplugged, and its folder is empty")
            node.disk.presence = .emptyFolder
            node.needsScan = true
        case .unmount, .emptyFolder:
            tell("\(node.name)'s disk is back")
            node.disk.presence = .mounted
            node.needsScan = true
        case .snapshot:
            snapshots.append(Snapshot(node: node.index, disk: node.disk, catalogue: node.catalogue))
        case .loseCatalogue:
            tell("\(node.name)'s catalogue is lost")
            node.stop()
            var new = SimCatalogue(peers: size, wall: node.wall)
            // Paired again, they say the same again.
            for peer in 0..<size { _ = new.allow(node.catalogue.rights[peer], to: peer) }
            new.usesLines = usesLines
            node.catalogue = new
            ghost.rolledBack(node)
        case .rollBackCatalogue:
            guard let old = dice.pick(snapshots.filter { $0.node == node.index }) else { return }
            tell("\(node.name)'s catalogue is replaced by an older one")
            node.stop()
            node.catalogue = old.catalogue
            ghost.rolledBack(node)
        case .rollBackDisk:
            guard let old = dice.pick(snapshots.filter { $0.node == node.index }) else { return }
            tell("\(node.name)'s whole disk is replaced by an older one")
            node.stop()
            for file in node.disk.files.values {
                if case .main(let image) = file.content { ghost.unlucky.insert(image) }
            }
            (node.disk, node.catalogue) = (old.disk, old.catalogue)
            node.disk.presence = .mounted
            node.disk.failure = nil
            ghost.rolledBack(node)
        case .rot:
            let mains = node.disk.library.filter {
                if case .main? = node.disk.files[$0]?.content { true } else { false }
            }
            guard let name = dice.pick(mains), case .main(let image)? = node.disk.files[name]?.content,
                let other = newPicture(rotOf: image)
            else { return }
            tell("a byte of \(name) at \(node.name) rots: image \(image) is image \(other) now")
            let known = ghost.touched
            ghost.struck(node.index, image, at: now)
            ghost.touched = known
            node.disk.rot(name, into: .main(other))
        case .wallJump:
            // A time server's correction, or a battery that is empty.
            let isSmall = dice.chance(500)
            let seconds = isSmall ? dice.within(-3600...3600) : dice.within(-400...400) * 86_400
            tell("\(node.name)'s wall clock jumps by \(seconds) s")
            node.wallError += seconds * 1000
        case .cut:
            guard let other = dice.pick(nodes), other !== node else { return }
            tell("the link between \(node.name) and \(other.name) is cut")
            setLink(node.index, other.index, to: false)
        case .heal: healLinks()
        case .loss: (lost, twice) = (dice.below(150), dice.below(100))
        case .kill, .crash: break
        }
    }
}
