/// A bounded queue with one line for each caller, served in turns.
///
/// Whoever comes first is served first, and then goes to the end of the ring of callers. A value: no locks, no clock.
struct TurnQueue<Caller: Hashable, Element> {
    private var lines: [Caller: [Element]] = [:]
    /// The callers that have a line, the next one to be served first.
    private var ring: [Caller] = []
    /// Elements in all lines.
    private(set) var count = 0
    let most: Int
    let mostEach: Int

    /// An empty queue of at most `most` elements, of which each caller may have `mostEach`.
    init(most: Int, mostEach: Int) {
        self.most = most
        self.mostEach = mostEach
    }

    /// Puts an element at the end of its caller's line; false when there is no room.
    mutating func append(_ element: Element, for caller: Caller) -> Bool {
        guard count < most, lines[caller, default: []].count < mostEach else { return false }
        if lines[caller] == nil { ring.append(caller) }
        lines[caller, default: []].append(element)
        count += 1
        return true
    }

    /// Takes the next element out.
    mutating func next() -> Element? {
        guard let caller = ring.first, let element = lines[caller]?.first else { return nil }
        ring.removeFirst()
        lines[caller]?.removeFirst()
        if lines[caller]?.isEmpty == true { lines[caller] = nil } else { ring.append(caller) }
        count -= 1
        return element
    }

    /// Takes out of one caller's line what matches.
    mutating func remove(for caller: Caller, where matches: (Element) -> Bool) {
        guard var line = lines[caller] else { return }
        count -= line.count
        line.removeAll(where: matches)
        count += line.count
        lines[caller] = line.isEmpty ? nil : line
        if line.isEmpty { ring.removeAll { $0 == caller } }
    }

    /// Takes all out, in no particular order.
    mutating func removeAll() -> [Element] {
        let all = lines.values.flatMap { $0 }
        self = TurnQueue(most: most, mostEach: mostEach)
        return all
    }
}
