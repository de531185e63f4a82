import Model
import Planning

/// A model of nodes that hold one image and evict it, small enough for all that can happen to be looked at.
///
/// What is refused, ``Custody`` says. Answers are lost, agents crash at any moment, databases are replaced by those of the
/// beginning, holds end, mains are fetched again. Time is in no state: an evictor's own count of a hold is over at the
/// latest when the holder's ends, so the proof goes with the hold. What was asked in an earlier eviction may still be
/// granted, as nothing but a hold comes of it: its answer is no answer to a later question.
///
/// The liar has no main. It says that it has one, and gets it, as any peer may, of an honest node; that takes its time.
struct HoldModel {
    /// What keeps the last main. Each can be left out, to see that it is needed.
    struct Rules: OptionSet {
        let rawValue: Int
        /// Who evicts grants no hold (S3).
        static let refusesToHold = Rules(rawValue: 1)
        /// A proof serves one eviction, once (S2).
        static let usesProofsOnce = Rules(rawValue: 2)
        /// What is being evicted is given to nobody who asks for it.
        static let givesNothingThatGoes = Rules(rawValue: 4)
        /// What is being given when the eviction begins is not given to its end.
        static let stopsGiving = Rules(rawValue: 8)
        /// To whom the main is being given, is not asked to prove it.
        static let asksNobodyItGivesTo = Rules(rawValue: 16)
        /// Only those are asked that a person let keep.
        static let asksKeepersOnly = Rules(rawValue: 32)

        static let all: Rules = [
            .refusesToHold, .usesProofsOnce, .givesNothingThatGoes, .stopsGiving, .asksNobodyItGivesTo,
            .asksKeepersOnly,
        ]
    }

    enum Liar {
        case none
        /// It proves what it can at the moment at which it has the main whole, and has nothing any more then.
        case forgets
        /// It has the main for as long as it likes: a holder that keeps no promise.
        case remembers
    }

    /// What happens, for a person to read.
    enum Event: Hashable {
        case marks(Int), asksLiar(Int), grants(Int, to: Int, isLost: Bool), holdEnds(of: Int, to: Int), proofEnds(Int)
        case unlinks(Int), records(Int), givesUp(Int), crashes(Int), recovers(Int), isRolledBack(Int)
        case gets(Int, from: Int)
        case beginsToGive(Int), hasGiven(Int), liarProves(Int), liarForgets
    }

    /// What came of a search.
    struct Outcome {
        /// How many different states were seen.
        var states: Int
        /// How the last main was lost, in the fewest steps; nil when it never is.
        var loss: [Event]?
    }

    /// One node: its disk, its catalogue, and its memory.
    struct Node: Hashable {
        var hasFile = true
        var isListed = true
        var isMarked = false
        /// To whom it promised to hold its main, one bit each.
        var holds: UInt8 = 0
        /// Whether it drives an eviction, and whether the main has gone already.
        var isEvicting = false
        var isUnlinked = false
        /// Who proved it, one bit each; the liar has the last.
        var proofs: UInt8 = 0
        var hasAskedLiar = false
        /// Whether the liar is reading its main.
        var isGiving = false

        mutating func ends(keepingProofs: Bool = false) {
            (isEvicting, isUnlinked, hasAskedLiar) = (false, false, false)
            if !keepingProofs { proofs = 0 }
        }
    }

    struct State: Hashable {
        var nodes: [Node]
        var hasLiarBytes = false

        var isLost: Bool { !nodes.contains { $0.hasFile } }

        /// The same in one word, which is quicker to compare.
        var key: UInt64 {
            var word: UInt64 = hasLiarBytes ? 1 : 0
            for node in nodes {
                for flag in [
                    node.hasFile, node.isListed, node.isMarked, node.isEvicting, node.isUnlinked, node.hasAskedLiar,
                    node.isGiving,
                ] {
                    word = word << 1 | (flag ? 1 : 0)
                }
                word = word << 3 | UInt64(node.holds)
                word = word << 4 | UInt64(node.proofs)
            }
            return word
        }
    }

    var honest: Int
    var liar = Liar.none
    var isLiarKept = false
    /// `copies.minimum`.
    var minimum = 1
    var rules = Rules.all

    /// Goes through all states, those in few steps first, until the last main is lost or there are no others.
    func search() -> Outcome {
        let first = State(nodes: Array(repeating: Node(), count: honest))
        var ways: [UInt64: (from: UInt64, Event)] = [:]
        var known: Set<UInt64> = [first.key]
        var layer = [first]
        while !layer.isEmpty {
            var next: [State] = []
            for state in layer {
                var loss: UInt64?
                successors(of: state) { event, other in
                    let key = other.key
                    guard known.insert(key).inserted else { return }
                    ways[key] = (state.key, event)
                    if other.isLost, loss == nil { loss = key }
                    next.append(other)
                }
                guard var step = loss else { continue }
                var events: [Event] = []
                while let (from, event) = ways[step] {
                    events.append(event)
                    step = from
                }
                return Outcome(states: known.count, loss: events.reversed())
            }
            layer = next
        }
        return Outcome(states: known.count, loss: nil)
    }

    private func bit(_ node: Int) -> UInt8 { 1 << UInt8(node) }
    private var liarsBit: UInt8 { bit(3) }

    private func custody(_ node: Node) -> Custody {
        Custody(
            holdsMain: node.isListed, isEvicting: node.isMarked, heldUntil: node.holds == 0 ? nil : .seconds(1))
    }

    /// Whether it gives its main to a peer that asks now.
    private func gives(_ node: Node) -> Bool {
        node.hasFile && node.isListed && !(node.isMarked && rules.contains(.givesNothingThatGoes))
    }

    private func successors(of state: State, _ visit: (Event, State) -> Void) {
        for index in state.nodes.indices {
            func happens(_ event: Event, _ change: (inout State) -> Void) {
                var other = state
                change(&other)
                visit(event, other)
            }
            evicts(index, state.nodes[index], happens)
            fails(index, state.nodes[index], happens)
            grants(index, state, happens)
            if liar != .none { lies(index, state, happens) }
        }
        if state.hasLiarBytes {
            var other = state
            other.hasLiarBytes = false
            visit(.liarForgets, other)
        }
    }

    private typealias Happens = (Event, (inout State) -> Void) -> Void

    private func evicts(_ index: Int, _ node: Node, _ happens: Happens) {
        if !node.isEvicting, node.hasFile, custody(node).refusalToEvict(at: .zero) == nil {
            happens(.marks(index)) { state in
                (state.nodes[index].isMarked, state.nodes[index].isEvicting) = (true, true)
                if rules.contains(.stopsGiving) { state.nodes[index].isGiving = false }
            }
        }
        guard node.isEvicting else { return }
        if node.isUnlinked {
            happens(.records(index)) { state in
                (state.nodes[index].isListed, state.nodes[index].isMarked) = (false, false)
                state.nodes[index].ends()
            }
            return
        }
        if node.proofs.nonzeroBitCount >= minimum, node.isMarked {
            happens(.unlinks(index)) { state in
                (state.nodes[index].hasFile, state.nodes[index].isUnlinked) = (false, true)
                // Whoever reads it sees that it is not what it was.
                state.nodes[index].isGiving = false
            }
        }
        if node.proofs != 0 { happens(.proofEnds(index)) { $0.nodes[index].proofs = 0 } }
        happens(.givesUp(index)) { state in
            state.nodes[index].isMarked = false
            state.nodes[index].ends(keepingProofs: !rules.contains(.usesProofsOnce))
        }
    }

    private func fails(_ index: Int, _ node: Node, _ happens: Happens) {
        if node.isEvicting { happens(.crashes(index)) { $0.nodes[index].ends() } }
        if node.isMarked, !node.isEvicting {
            happens(.recovers(index)) { state in
                state.nodes[index].isMarked = false
                state.nodes[index].isListed = state.nodes[index].hasFile
            }
        }
        if node.isListed, !node.hasFile, !node.isMarked {
            // A look at the library finds that it is not there.
            happens(.recovers(index)) { $0.nodes[index].isListed = false }
        }
        happens(.isRolledBack(index)) { state in
            state.nodes[index].ends()
            (state.nodes[index].isListed, state.nodes[index].isMarked, state.nodes[index].holds) = (true, false, 0)
        }
    }

    private func grants(_ index: Int, _ state: State, _ happens: Happens) {
        let node = state.nodes[index]
        var custody = custody(node)
        if !rules.contains(.refusesToHold) { custody.isEvicting = false }
        for other in state.nodes.indices where other != index {
            // Who promises reads the file.
            if custody.refusalToHold == nil, node.hasFile {
                happens(.grants(index, to: other, isLost: true)) { $0.nodes[index].holds |= bit(other) }
                if state.nodes[other].isEvicting, !state.nodes[other].isUnlinked {
                    happens(.grants(index, to: other, isLost: false)) { state in
                        state.nodes[index].holds |= bit(other)
                        state.nodes[other].proofs |= bit(index)
                    }
                }
            }
            if node.holds & bit(other) != 0 {
                happens(.holdEnds(of: index, to: other)) { state in
                    state.nodes[index].holds &= ~bit(other)
                    // What was kept of an eviction that was given up, nobody counts any more.
                    if state.nodes[other].isEvicting || rules.contains(.usesProofsOnce) {
                        state.nodes[other].proofs &= ~bit(index)
                    }
                }
            }
            if !node.isListed, !node.hasFile, !node.isMarked, gives(state.nodes[other]) {
                happens(.gets(index, from: other)) {
                    ($0.nodes[index].hasFile, $0.nodes[index].isListed) = (true, true)
                }
            }
        }
    }

    private func lies(_ index: Int, _ state: State, _ happens: Happens) {
        let node = state.nodes[index]
        let isAsked =
            (isLiarKept || !rules.contains(.asksKeepersOnly))
            && !(node.isGiving && rules.contains(.asksNobodyItGivesTo))
        if node.isEvicting, !node.isUnlinked, !node.hasAskedLiar, isAsked {
            happens(.asksLiar(index)) { $0.nodes[index].hasAskedLiar = true }
        }
        if gives(node), !node.isGiving {
            happens(.beginsToGive(index)) { $0.nodes[index].isGiving = true }
        }
        if node.isGiving {
            happens(.hasGiven(index)) { state in
                state.nodes[index].isGiving = false
                if liar == .remembers {
                    state.hasLiarBytes = true
                } else {
                    for asker in state.nodes.indices where state.nodes[asker].hasAskedLiar { proves(asker, &state) }
                }
            }
        }
        if state.hasLiarBytes, node.hasAskedLiar { happens(.liarProves(index)) { proves(index, &$0) } }
    }

    private func proves(_ asker: Int, _ state: inout State) {
        state.nodes[asker].hasAskedLiar = false
        if !state.nodes[asker].isUnlinked { state.nodes[asker].proofs |= liarsBit }
    }
}
