import Catalogue
import Model

/// What all machines show, compared with what the people remember.
extension HistoryHouse {
    private typealias Shown = [RelativePath: ImageID]

    /// Everybody is at home, and nothing is to be done.
    ///
    /// - Parameter isWhole: also asks each planner about each image there ever was, which takes as long as all else.
    func judge(isWhole: Bool) async throws {
        for node in nodes {
            try await judgeRecords(node)
            if isWhole, let unfinished = try await node.unfinished(album.numbers.keys.sorted()) {
                throw HistoryFault(unfinished)
            }
        }
        for picture in memory.pictures {
            for (path, image) in picture.shown {
                guard nodes.contains(where: { $0.disk.holds(image, .main) }) else {
                    throw HistoryFault("no machine has the main of \(album.tell(image)), \(path)")
                }
                if !nodes[1].disk.holds(image, .main) {
                    throw HistoryFault("\(nodes[1].name) does not keep the main of \(album.tell(image)), \(path)")
                }
            }
        }
        for node in nodes {
            let (shown, remembered) = (try shown(node), expected(node))
            guard shown != remembered else { continue }
            let (there, missing) = (text(shown, without: remembered), text(remembered, without: shown))
            throw HistoryFault("\(node.name) shows \(there), and people remember \(missing)")
        }
        memory.agree { image in
            Set(nodes.filter { !$0.disk.holds(image, .main) && !$0.disk.holds(image, .reduced) }.map(\.index))
        }
    }

    private func text(_ shown: Shown, without other: Shown) -> String {
        let rest = shown.filter { other[$0.key] != $0.value }.sorted { $0.key < $1.key }
        return rest.isEmpty ? "nothing else" : rest.map { "\(album.tell($1)) as \($0)" }.joined(separator: ", ")
    }

    private func shown(_ node: HistoryNode) throws -> Shown {
        var shown: Shown = [:]
        for file in node.disk.names {
            guard let there = node.disk.files[file] else { continue }
            let path = there.form == .main ? file : file.mainOfReduced ?? file
            guard shown.updateValue(there.image, forKey: path) == nil else {
                throw HistoryFault("\(node.name) has a reduced copy beside a main of \(path)")
            }
        }
        return shown
    }

    private func expected(_ node: HistoryNode) -> Shown {
        var all: Shown = [:]
        for picture in memory.pictures {
            let removed = picture.removed[node.index]
            for (path, image) in picture.shown {
                if removed?.image == image { continue }
                // What was removed here and edited elsewhere is another image: it may come.
                if removed != nil, !node.disk.holds(image, .main), !node.disk.holds(image, .reduced) { continue }
                all[path] = image
            }
        }
        return all
    }

    /// Each file has its record, and each record its file.
    private func judgeRecords(_ node: HistoryNode) async throws {
        let files = node.disk.names.compactMap { name in node.disk.files[name].map { (name, $0) } }
        let known = try await node.catalogue.known(of: files.map { ($0, $1.image) }).own
        for (name, file) in files {
            guard let own = known[name], file.stamp == own.stamp, file.image == own.info.image,
                file.form == own.info.form, own.info.file == name
            else { throw HistoryFault("the record of \(name) at \(node.name) is not that of its file") }
        }
        let records = node.catalogue.ownCounts.files
        guard records == files.count else {
            throw HistoryFault("\(node.name) has \(files.count) files and records of \(records)")
        }
    }
}
