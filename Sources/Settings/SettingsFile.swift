import Glibc
import Yams

/// The configuration file: YAML, its keys known, each setting with the line that it stands on.
enum SettingsFile {
    /// Bytes that a configuration may have: a thousand times what one with every key has.
    private static let largest = 1 << 20

    /// Reads the file. A missing one is empty unless `isRequired`.
    static func read(_ path: String, isRequired: Bool) throws -> [Setting.Key: Setting] {
        guard let text = try text(of: path) else {
            guard isRequired else { return [:] }
            throw SettingsFault(
                .configuration,
                "\(path) cannot be read (\(String(cString: strerror(ENOENT)))): name another with --config.")
        }
        return try parse(text, path: path)
    }

    /// What stands in the file; nil where there is none.
    static func text(of path: String) throws -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return nil }
            throw SettingsFault(
                .configuration,
                "\(path) cannot be read (\(String(cString: strerror(code)))): name another with --config.")
        }
        defer { close(descriptor) }
        var bytes = [UInt8]()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= largest {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw SettingsFault(
                    .configuration,
                    "\(path) cannot be read (\(String(cString: strerror(errno)))): name another with --config.")
            }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        guard bytes.count <= largest, let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsFault(
                .configuration, "\(path) is no configuration: it must be YAML in UTF-8, of a megabyte at most.")
        }
        return text
    }

    /// Reads the text of a file; `path` is for messages.
    static func parse(_ text: String, path: String) throws -> [Setting.Key: Setting] {
        guard let root = try root(of: text, path: path) else { return [:] }
        var settings = [Setting.Key: Setting]()
        try add(root, prefix: "", path: path, to: &settings)
        return settings
    }

    /// The mapping, or what stands in its place; nil for an empty configuration.
    static func root(of text: String, path: String) throws -> Node? {
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch let error as YamlError {
            throw SettingsFault(.configuration, "\(path), \(clause(error, in: text)).")
        }
        guard let root else { return nil }
        // Comments alone, or `---`, are an empty configuration.
        return root.tag.description == "tag:yaml.org,2002:null" && root.scalar != nil ? nil : root
    }

    private static func add(
        _ node: Node, prefix: String, path: String, to settings: inout [Setting.Key: Setting]
    ) throws {
        guard let mapping = node.mapping else {
            let subject = prefix.isEmpty ? "the file" : prefix.dropLast()
            throw fault(path, node, "\(subject) must hold keys with values, 'key: value'")
        }
        for (keyNode, value) in mapping {
            guard let word = keyNode.scalar?.string else { throw fault(path, keyNode, "a key must be a word") }
            let name = prefix + word
            guard let key = Setting.Key(rawValue: name), !word.contains(".") else {
                if prefix.isEmpty, groups.contains(word) {
                    try add(value, prefix: word + ".", path: path, to: &settings)
                    continue
                }
                throw fault(path, keyNode, "unknown key '\(name)'; known are \(known)")
            }
            settings[key] = Setting(
                try words(value, of: key, path: path),
                from: .file(path, line: keyNode.mark?.line ?? 1))
        }
    }

    private static func words(_ node: Node, of key: Setting.Key, path: String) throws -> [String] {
        if key.isList, let sequence = node.sequence {
            return try sequence.map { item in
                guard let text = item.scalar?.string else {
                    let wanted = key == .peers ? "HOST:PORT" : "a pattern such as '*.bak'"
                    throw fault(path, item, "\(key.rawValue): each is \(wanted)")
                }
                return text
            }
        }
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw fault(path, node, "\(key.rawValue): takes one value")
        }
        return [text]
    }

    /// `reduced` and `copies`.
    private static let groups = Set(
        Setting.Key.allCases.compactMap { key in
            key.rawValue.contains(".") ? key.rawValue.split(separator: ".").first.map(String.init) : nil
        })
    private static let known = Setting.Key.allCases.map(\.rawValue).sorted().joined(separator: ", ")

    private static func fault(_ path: String, _ node: Node, _ what: String) -> SettingsFault {
        SettingsFault(.configuration, "\(path), line \(node.mark?.line ?? 1): \(what).")
    }

    private static func clause(_ error: YamlError, in text: String) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): not YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            // The error knows where the mapping begins; what a person wants to see is the second of the two.
            "line \(secondLine(of: duplicates.first ?? "", in: text) ?? context.mark.line): a key stands there twice: "
                + duplicates.sorted().joined(separator: ", ")
        default: "line 1: not YAML: \(error)"
        }
    }

    private static func secondLine(of key: String, in text: String) -> Int? {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { $0.element.trimmed.hasPrefix(key + ":") }.dropFirst().first.map { $0.offset + 1 }
    }
}
