import Foundation
import TestSupport

/// One way of bringing a folder of mains from one place to another.
protocol Transfer: Sendable {
    var name: String { get }
    /// Takes all of `corpus`, which lies in `folder/a/library`, to `folder/b/library`, which has its empty folders.
    func run(_ corpus: MainsCorpus, in folder: URL) async throws -> TransferTime
}

/// What one took.
struct TransferTime: Sendable {
    /// From the moment at which both ends are connected to the last file standing under its name.
    var seconds: Double
    /// Of both ends.
    var cpu: Double
}

extension URL {
    var library: URL { appending(path: "library") }
}
