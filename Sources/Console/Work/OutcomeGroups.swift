import Control
import Model

/// Images of which one tells about all: the same became of them, for the same reason.
struct OutcomeGroups {
    private struct Group {
        var first: ImageOutcome
        var count = 0
        /// The first of the paths, as many as are named at most.
        var paths: [String] = []
    }

    /// Groups that are told of at most; what is left of them is counted.
    private static let mostGroups = 20
    /// Paths that are named of a group: examples where the images only stay, nearly all where something is wrong.
    private static let most = (kept: 3, wrong: 20)

    private var groups: [String: Group] = [:]
    /// Their keys, in the order in which they came.
    private var order: [String] = []

    mutating func add(_ image: ImageOutcome) {
        let key = OutcomeText.key(image)
        if groups[key] == nil { order.append(key) }
        var group = groups[key] ?? Group(first: image)
        group.count += 1
        if group.paths.count < Self.most(of: image.outcome) { group.paths.append(image.path.description.printable) }
        groups[key] = group
    }

    private static func most(of outcome: ImageOutcome.Outcome) -> Int {
        outcome == .kept ? most.kept : most.wrong
    }

    /// `1,980 stay: REASON`, with some of their paths below; the largest group first.
    ///
    /// - Parameter undone: whether those that are not as was asked, or the others.
    func lines(undone: Bool, _ style: Style) -> [String] {
        let all = order.compactMap { groups[$0] }.filter { $0.first.outcome.isUndone == undone }
        // Of equal ones the first that came stays first.
        let sorted = all.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
            .map(\.element)
        var lines = sorted.prefix(Self.mostGroups).flatMap { Self.lines($0, style) }
        let rest = sorted.dropFirst(Self.mostGroups)
        if !rest.isEmpty {
            let images = Quantity.count(rest.reduce(0) { $0 + $1.count })
            lines.append("and \(images) more, for \(Quantity.count(rest.count, "other reason")): --json lists all")
        }
        return lines
    }

    private static func lines(_ group: Group, _ style: Style) -> [String] {
        if group.count == 1 { return OutcomeText.lines(group.first, style) }
        let rest = group.count - group.paths.count
        return OutcomeText.lines(group.count, like: group.first, style)
            + group.paths.map { "  " + (style.isTerminal ? $0.shortened(to: style.width - 2) : $0) }
            + (rest > 0 ? ["  and \(Quantity.count(rest)) more"] : [])
    }
}
