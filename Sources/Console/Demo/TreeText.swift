import Foundation

/// A folder's files with their sizes, as a tree; long folders are cut short.
struct TreeText {
    private struct File {
        var folder: String
        var name: String
        var bytes: Int64
    }

    let style: Style
    private let root: String
    private var files: [File] = []

    /// Files of one folder that are shown.
    private static let mostFiles = 6
    /// Folders that are shown.
    private static let mostFolders = 6

    /// Looks at `root`; hidden files are left out.
    init(of root: String, style: Style) {
        self.style = style
        self.root = root
        let found = FileManager.default.enumerator(atPath: root)
        while let name = found?.nextObject() as? String {
            if name.split(separator: "/").last?.hasPrefix(".") == true {
                found?.skipDescendants()
                continue
            }
            guard let attributes = found?.fileAttributes, attributes[.type] as? FileAttributeType == .typeRegular else {
                continue
            }
            let parts = name.split(separator: "/")
            files.append(
                File(
                    folder: parts.dropLast().joined(separator: "/"), name: String(parts.last ?? ""),
                    bytes: (attributes[.size] as? NSNumber)?.int64Value ?? 0))
        }
        files.sort { ($0.folder, $0.name) < ($1.folder, $1.name) }
    }

    var count: Int { files.count }
    var bytes: Int64 { files.reduce(0) { $0 + $1.bytes } }

    /// The lines, ended by a line's end each.
    func text(title: String) -> String {
        let head = "\(title)  \(Quantity.count(count, "file")), \(Quantity.bytes(bytes))"
        var lines = [style.paint(head, .heading), "  \(root.printable)/".shortened(to: style.width)]
        let folders = Dictionary(grouping: files, by: \.folder).sorted { $0.key < $1.key }
        for (folder, files) in folders.prefix(Self.mostFolders) {
            if !folder.isEmpty { lines.append("    \(folder.printable)/".shortened(to: style.width)) }
            for file in files.prefix(Self.mostFiles) {
                let room = style.width - 18
                let name = file.name.printable.shortened(to: room).padded(to: min(room, 40))
                lines.append("      " + name + Quantity.bytes(file.bytes).padded(to: 10, rightAligned: true))
            }
            if files.count > Self.mostFiles {
                lines.append("      … and \(Quantity.count(files.count - Self.mostFiles)) more like these")
            }
        }
        if folders.count > Self.mostFolders {
            lines.append("    … and \(Quantity.count(folders.count - Self.mostFolders, "more folder"))")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
