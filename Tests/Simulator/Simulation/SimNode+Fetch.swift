import Model
import Planning

/// One file that is being got.
final class FetchTask {
    let image: Int
    /// Whom to ask, the next one first.
    var sources: [Int]
    /// Where the bytes go until they are all there.
    let part: String

    init(image: Int, sources: [Int]) {
        self.image = image
        self.sources = sources
        part = SimDisk.own + "incoming/\(image).part"
    }
}

/// Getting files from peers (S5).
extension SimNode {
    // MARK: Reduced copies

    func getReduced(_ task: FetchTask, _ wish: Decision.Wish) -> Next {
        guard !task.sources.isEmpty else { return .over }
        let source = task.sources.removeFirst()
        let edge = wish.info.edge ?? 0
        return .step("asks \(Names.people[source])") { _ in
            .ask([Inquiry(peer: source, request: .reduced(task.image, edge: edge))], seconds: 60) { node, _, answer in
                guard case .reduced(let content)? = answer, case .reduced(task.image, let got) = content, got >= edge
                else { return node.getReduced(task, wish) }
                return .locked("writes the reduced copy") { try $0.placeReduced(task, content) }
            }
        }
    }

    private func placeReduced(_ task: FetchTask, _ content: Content) throws -> Next {
        guard case .get(let wish) = planner.decide(catalogue.situation(of: task.image)), wish.info.form == .reduced,
            !catalogue.isMarked(task.image)
        else { return .over }
        // The last picture of another image, perhaps: out of the way, and kept.
        if let replaced = wish.replaces, let row = catalogue.row(at: replaced.description), row.image != task.image {
            return setAside(row, .superseded) { _ in
                .locked("writes the reduced copy") { try $0.placeReduced(task, content) }
            }
        }
        guard var info = freePlace(wish.info, replacing: wish.replaces) else { return .over }
        info.bytes = house.bytes(of: content)
        let temporary = SimDisk.own + "incoming/\(task.image).reduced"
        try disk.write(temporary, content, bytes: info.bytes, at: house.now)
        return .locked("gives it its name") { node in
            let place = info.file.description
            if node.disk.files[place] != nil {
                guard let row = node.catalogue.row(at: place), row.stamp == node.disk.files[place]?.stamp, !row.isMain
                else {
                    node.needsScan = true
                    return .over
                }
                try node.disk.replace(temporary, over: place, .reduced)
            } else {
                try node.disk.rename(temporary, to: place)
            }
            let stamp = node.disk.files[place]?.stamp
            return .must("records it") { node in
                try node.recordPlaced(info, task.image, stamp, origin: wish.info.path)
                return .over
            }
        }
    }

    /// - Parameter stamp: of the file that was placed. What stands there by now may be a person's: the scan tells.
    private func recordPlaced(_ info: FileInfo, _ image: Int, _ stamp: Stamp?, origin: RelativePath) throws {
        let later = breaks(.stampTakenLater) ? disk.files[info.file.description]?.stamp : nil
        guard let stamp = later ?? stamp else { return }
        try transaction { $0.put(info, image, at: info.file, stamp, origin: origin) }
    }

    // MARK: Mains

    func getMain(_ task: FetchTask) -> Next {
        guard let source = task.sources.first else { return .over }
        return .step("looks what is there of it") { node in
            // What came before an interruption is read again, and counted on when it fits.
            let isHalf = node.disk.files[task.part]?.content == .half(task.image)
            if !isHalf, node.disk.files[task.part] != nil { try node.disk.remove(task.part, .work) }
            return isHalf ? node.getHalf(1, task, source) : node.getHalf(0, task, source)
        }
    }

    private func getHalf(_ half: Int, _ task: FetchTask, _ source: Int) -> Next {
        .ask([Inquiry(peer: source, request: .main(task.image, half: half))], seconds: 60) { node, _, answer in
            guard case .half(let content)? = answer else { return node.nextSource(task) }
            return .step("writes half \(half + 1) of it") { node in
                guard half == 1 else {
                    guard case .main(let image) = content else { return node.nextSource(task) }
                    try node.disk.write(task.part, .half(image), bytes: 1, at: node.house.now)
                    return node.getHalf(1, task, source)
                }
                guard case .half(let first)? = node.disk.files[task.part]?.content else { return .over }
                let whole = content == .main(first) ? content : .mixed
                try node.disk.write(task.part, whole, bytes: node.house.bytes(of: whole), at: node.house.now)
                if node.breaks(.visibleBeforeHash) { return node.placeMain(task, whole) }
                if node.breaks(.placedUnsynced) { return node.compareMain(task) }
                return .step("syncs it") { node in
                    try node.disk.sync(task.part)
                    return node.compareMain(task)
                }
            }
        }
    }

    private func nextSource(_ task: FetchTask) -> Next {
        task.sources.removeFirst()
        return getMain(task)
    }

    private func compareMain(_ task: FetchTask) -> Next {
        .step("compares its hash") { node in
            let file = try node.disk.read(task.part)
            if file.content == .main(task.image) { return node.placeMain(task, file.content) }
            node.house.tell("\(node.name): it is not image \(task.image)")
            try node.disk.remove(task.part, .work)
            return node.nextSource(task)
        }
    }

    private func placeMain(_ task: FetchTask, _ content: Content) -> Next {
        .locked("looks whether it is still wanted") { node in
            guard case .get(let wish) = node.planner.decide(node.catalogue.situation(of: task.image)),
                wish.info.form == .main, !node.catalogue.isMarked(task.image)
            else { return .over }
            if let file = wish.supersedes, let row = node.catalogue.row(at: file.description), row.isMain {
                return node.setAside(row, .superseded) { $0.placeMain(task, content) }
            }
            guard let info = node.freePlace(wish.info, replacing: wish.replaces) else { return .over }
            return .locked("gives it its name") { node in
                try node.disk.rename(task.part, to: info.file.description)
                let stamp = node.disk.files[info.file.description]?.stamp
                if node.breaks(.recordedBeforeFolder) { return node.recordMain(info, stamp, task, wish) }
                return .must("syncs the folder") { node in
                    try node.disk.syncFolders()
                    return node.recordMain(info, stamp, task, wish)
                }
            }
        }
    }

    private func recordMain(_ info: FileInfo, _ stamp: Stamp?, _ task: FetchTask, _ wish: Decision.Wish) -> Next {
        .must("records it") { node in
            try node.recordPlaced(info, task.image, stamp, origin: wish.info.path)
            // The reduced copy goes only now: until here it was all there was.
            guard let file = wish.replaces, let row = node.catalogue.row(at: file.description), row.image == task.image
            else { return .over }
            return node.dropReduced(task.image, file)
        }
    }
}
