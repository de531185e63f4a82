import Catalogue
import Disk
import Model
import Planning
import Simulation

/// One machine: a catalogue and a planner as they ship, on a disk that is a table.
final class HistoryNode {
    /// Where it stands among the machines.
    let index: Int
    let id: NodeID
    let name: String
    let policy: Policy
    let catalogue: CatalogueDatabase
    let mistake: Mistake?
    var disk = HistoryDisk()
    /// Peers that answer now.
    var reachable: Set<NodeID> = []
    /// What is to be got.
    var wishes: [ImageID: Decision.Wish] = [:]
    /// What was got, and is not placed yet, in the order in which it came; wanted otherwise meanwhile, perhaps.
    var received: [(wish: Decision.Wish, from: String)] = []
    /// The highest number in its mirror of each peer's list.
    var heard: [NodeID: Record.Sequence] = [:]
    /// Whether its agent runs.
    var isRunning = true
    /// What people call an image.
    let tell: (ImageID) -> String
    let note: (String) -> Void

    init(
        index: Int, _ kind: HistoryKind, catalogue: CatalogueDatabase, mistake: Mistake?,
        tell: @escaping (ImageID) -> String, note: @escaping (String) -> Void
    ) {
        self.index = index
        (id, name) = (HistoryKind.node(index), HistoryKind.names[index])
        var policy = Policy()
        policy.keep = kind == .archive ? .mains : .reduced
        self.policy = policy
        self.catalogue = catalogue
        self.mistake = mistake
        self.tell = tell
        self.note = note
    }

    var planner: Planner { Planner(policy: policy, reachable: reachable) }
}

/// What a machine is to its people.
enum HistoryKind {
    case desktop, archive, laptop

    static let names = ["desk", "attic", "lap", "study"]
    static let kinds: [HistoryKind] = [.desktop, .archive, .laptop, .desktop]

    static func node(_ index: Int) -> NodeID {
        guard let bytes = Bytes32(Array(repeating: UInt8(17 * (index + 1)), count: 32)) else {
            preconditionFailure("32 bytes")
        }
        return NodeID(bytes)
    }
}

/// What went wrong in a history, as a sentence.
struct HistoryFault: Error {
    var what: String
    init(_ what: String) { self.what = what }
}
