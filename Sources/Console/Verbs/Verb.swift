import Control

/// A verb that asks an agent: what it waits for is said while it does.
protocol Verb {
    var shown: OutputOptions { get }
    /// Whether its JSON is a stream of messages of several kinds, among which steps are one more. Beside an answer that
    /// is an object, or lines of one kind, they stand on standard error.
    var isStream: Bool { get }
}

extension Verb {
    var isStream: Bool { false }

    /// Says how steps are to be shown.
    func prepare(_ line: WaitingLine) {
        guard shown.json else { return }
        guard isStream else { return line.becomesJSON() }
        let output = shown.output
        line.becomesJSON { try? output.bare($0) }
    }
}

extension Status: Verb { var isStream: Bool { follow } }
extension Scan: Verb { var isStream: Bool { true } }
extension Fetch: Verb { var isStream: Bool { true } }
extension Evict: Verb { var isStream: Bool { true } }
extension Free: Verb { var isStream: Bool { true } }
extension Delete: Verb { var isStream: Bool { true } }
extension Verify: Verb { var isStream: Bool { true } }
extension Edit: Verb { var isStream: Bool { !list && (undo || (try? look.word().isEmpty) == false) } }
extension List: Verb {}
extension Why: Verb {}
extension Doctor: Verb {}
extension Nearby: Verb {}
extension Pair: Verb {}
extension Invite: Verb {}
extension Join: Verb {}
extension Peers: Verb {}
extension Unpair: Verb {}
extension Review: Verb {}
extension Allow: Verb {}
extension Deny: Verb {}
extension Trash: Verb {}
extension Restore: Verb {}
extension Export: Verb {}
extension Dismiss: Verb {}
extension Change: Verb {}
extension Setup: Verb {}
extension Library.New: Verb { var isStream: Bool { true } }
