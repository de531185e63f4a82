import Foundation

/// The environment that the command was started with.
enum Environment {
    static var current: [String: String] { ProcessInfo.processInfo.environment }
    static var home: String { current["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory() }
}
