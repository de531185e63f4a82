import Control
public import Foundation
import Glibc
public import Logging
import Model

/// Everything that was set, by flag, environment and file, with the defaults where nothing was.
public struct LayeredSettings: Sendable {
    /// The settings file: an absolute path, whether it is there or not.
    public let file: String
    private let set: [Setting.Key: Setting]
    private let paths: StandardPaths
    private let home: String
    private let current: String
    private let host: String

    /// Lays the flags over the environment over the file.
    ///
    /// - Parameters:
    ///   - file: the file named by a flag; nil takes `SYNCD_CONFIG`, else the standard one, which need not be there.
    public static func load(
        flags: [Setting.Key: Setting], file: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment, home: String? = nil,
        current: String = FileManager.default.currentDirectoryPath, host: String = LayeredSettings.hostName()
    ) throws -> LayeredSettings {
        let home = home ?? environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
        let paths = StandardPaths(environment: environment, home: home)
        let named = file ?? environment["SYNCD_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let path = named ?? paths.configuration
        var set = try SettingsFile.read(path, isRequired: named != nil)
        for key in Setting.Key.allCases {
            if let text = environment[key.variable], !text.isEmpty {
                let words = key.isList ? text.split(separator: ",").map { String($0.trimmed) } : [text]
                set[key] = Setting(words, from: .variable(key.variable))
            }
        }
        set.merge(flags) { $1 }
        let settings = LayeredSettings(
            file: path.hasPrefix("/") ? path : current + "/" + path, set: set, paths: paths, home: home,
            current: current,
            host: host)
        _ = try settings.values()
        return settings
    }

    /// Throws ``SettingsFault`` where an agent would refuse these settings, whoever starts it.
    static func check(_ set: [Setting.Key: Setting]) throws {
        _ = try LayeredSettings(
            file: "", set: set, paths: StandardPaths(environment: [:], home: "/"), home: "/", current: "/", host: "node"
        ).values()
    }

    /// What was set for a key, and where; nil where nothing was.
    public subscript(key: Setting.Key) -> Setting? { self.set[key] }

    /// The level of the log.
    public var logLevel: Logger.Level { (try? level()) ?? .info }

    private func level() throws -> Logger.Level {
        try value(.logLevel, "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))") {
            Logger.Level(rawValue: $0.lowercased())
        } ?? .info
    }

    /// What they come to. Throws ``SettingsFault`` for a value that cannot be.
    public func values() throws -> SettingsValues {
        let state = try folder(.state) ?? paths.state
        let listen =
            try value(.listen, "HOST:PORT, such as [::]:21417 or 192.168.1.20:21417", ListenAddress.init) ?? .standard
        var policy = Policy()
        policy.keep = try value(.keep, "mains or reduced", Policy.Keep.init) ?? policy.keep
        policy.edge = try number(.reducedEdge, 256...16_384) ?? policy.edge
        policy.quality = try number(.reducedQuality, 1...100) ?? policy.quality
        policy.trashDays = try number(.trashDays, 1...3650) ?? policy.trashDays
        policy.copiesMinimum = try number(.copiesMinimum, 1...16) ?? policy.copiesMinimum
        policy.copiesTarget = try number(.copiesTarget, 1...16) ?? policy.copiesTarget
        policy.limit = try limit()
        policy.ignoring = try ignoring()
        let name = try value(.name, "a name of 1 to 63 bytes without control characters") { text in
            let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            return isPlain && (1...63).contains(text.utf8.count) && !text.trimmed.isEmpty ? text : nil
        }
        return SettingsValues(
            library: try folder(.library) ?? paths.library, state: state, name: name ?? host, listen: listen,
            controlSocket: try folder(.control) ?? paths.controlSocket(state: state), policy: policy,
            discovers: try value(.mdns, "true or false", Self.flag) ?? true, addresses: try peers(),
            logLevel: try level())
    }

    private func value<Value>(_ key: Setting.Key, _ wanted: String, _ read: (String) -> Value?) throws -> Value? {
        guard let setting = set[key] else { return nil }
        guard let text = setting.words.first, setting.words.count == 1, let value = read(text) else {
            throw setting.fault(key, "'\(setting.words.joined(separator: ", "))' is not \(wanted)")
        }
        return value
    }

    private func limit() throws -> Int64? {
        guard let setting = set[.limit] else { return nil }
        let text = setting.words.joined(separator: ", ")
        do { return try ByteSize.bytes(text) } catch { throw setting.fault(.limit, "'\(text)' \(error)") }
    }

    private func number(_ key: Setting.Key, _ range: ClosedRange<Int>) throws -> Int? {
        try value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// An absolute path. `~/` is the home folder; a relative one is taken from where the agent was started, except in
    /// the file, where nobody could tell what it is relative to.
    private func folder(_ key: Setting.Key) throws -> String? {
        let isInFile =
            switch set[key]?.origin {
            case .file, .typed: true
            default: false
            }
        let path = try value(key, isInFile ? "an absolute path, or one that begins with ~/" : "a path") {
            text -> String? in
            guard !text.isEmpty, !text.utf8.contains(0) else { return nil }
            if text == "~" { return home }
            if text.hasPrefix("~/") { return home + text.dropFirst(1) }
            if text.hasPrefix("/") { return text }
            return isInFile ? nil : current + "/" + text
        }
        return path.map { path in
            var path = path
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            return path
        }
    }

    private func peers() throws -> [String] {
        guard let setting = set[.peers] else { return [] }
        for word in setting.words {
            guard let address = ListenAddress(word), address.port > 0, address.hosts.count == 1 else {
                throw setting.fault(.peers, "'\(word)' is not HOST:PORT, such as attic:21417")
            }
        }
        return setting.words
    }

    private func ignoring() throws -> IgnoreRules {
        guard let setting = set[.ignore] else { return IgnoreRules() }
        for word in setting.words {
            do { _ = try IgnoreRules([word]) } catch { throw setting.fault(.ignore, "'\(word)' \(error)") }
        }
        do { return try IgnoreRules(setting.words) } catch { throw setting.fault(.ignore, "the last \(error)") }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// The host's name up to its first dot.
    public static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "node" }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return name.split(separator: ".").first.map(String.init) ?? "node"
    }
}

extension StringProtocol {
    /// Without white space at its ends.
    var trimmed: SubSequence {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else {
            return self[startIndex..<startIndex]
        }
        return self[first...last]
    }
}
