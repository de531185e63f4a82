/// What lies in a library at one moment: the path of each file, and the SHA-256 of what is in it.
struct Census: Sendable, Equatable {
    /// Of every file, those in the agent's own folders included.
    var files: [String: String] = [:]

    /// - Parameter sums: the output of `sha256sum --zero`.
    init(sums: String) {
        for line in sums.split(separator: "\0") {
            files[String(line.dropFirst(66).trimmingPrefix("./"))] = String(line.prefix(64))
        }
    }

    /// The visible mains.
    var mains: [String: String] {
        files.filter { path, _ in
            !path.hasSuffix(".reduced.jpg") && !path.split(separator: "/").contains { $0.hasPrefix(".") }
        }
    }

    /// The visible reduced copies.
    var reduced: Set<String> { Set(files.keys.filter { $0.hasSuffix(".reduced.jpg") && !$0.hasPrefix(".") }) }

    /// What lies in one of the agent's folders, `trash` for example: name to content.
    func aside(_ folder: String) -> [String: String] {
        let prefix = ".mainstay/\(folder)/"
        return files.reduce(into: [:]) { found, file in
            if file.key.hasPrefix(prefix) { found[String(file.key.dropFirst(prefix.count))] = file.value }
        }
    }
}
