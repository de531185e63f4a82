import Testing

@testable import Imaging

@Suite("The queue in which callers take turns")
struct TurnQueueTests {
    @Test("serves callers in turns, each in its own order")
    func turns() {
        var queue = Self.queue([(1, "a"), (2, "a"), (3, "a"), (4, "a"), (5, "a"), (11, "b"), (12, "b")])
        let first = Self.served(&queue, 1)
        #expect(first == [1])
        let takes21 = queue.append(21, for: "c")
        #expect(takes21)
        let rest1 = Self.served(&queue)
        #expect(rest1 == [11, 2, 21, 12, 3, 4, 5])
        #expect(queue.count == 0)
    }

    @Test("has room for so many of each caller, and for so many altogether")
    func bounds() {
        var queue = TurnQueue<String, Int>(most: 3, mostEach: 2)
        let taken = [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "c")].map { queue.append($0.0, for: $0.1) }
        #expect(taken == [true, true, false, true, false])
        let first = Self.served(&queue, 1)
        #expect(first == [1])
        let takes5 = queue.append(5, for: "c")
        #expect(takes5)
        #expect(queue.count == 3)
    }

    @Test("frees the place of what is taken out")
    func removal() {
        var queue = TurnQueue<String, Int>(most: 3, mostEach: 2)
        for (number, caller) in [(1, "a"), (2, "b"), (3, "b")] { _ = queue.append(number, for: caller) }
        queue.remove(for: "a") { $0 == 1 }
        queue.remove(for: "a") { $0 == 1 }
        queue.remove(for: "b") { $0 == 9 }
        #expect(queue.count == 2)
        let takes4 = queue.append(4, for: "a")
        #expect(takes4)
        let rest2 = Self.served(&queue)
        #expect(rest2 == [2, 4, 3])
        let takes6 = queue.append(6, for: "a")
        #expect(takes6)
        let left = queue.removeAll()
        #expect(left == [6])
        let rest3 = Self.served(&queue)
        #expect(rest3.isEmpty)
    }

    private static func queue(_ elements: [(Int, String)]) -> TurnQueue<String, Int> {
        var queue = TurnQueue<String, Int>(most: 100, mostEach: 100)
        for (number, caller) in elements { _ = queue.append(number, for: caller) }
        return queue
    }

    /// What comes out, up to `most`.
    private static func served(_ queue: inout TurnQueue<String, Int>, _ most: Int = .max) -> [Int] {
        var served: [Int] = []
        while served.count < most, let next = queue.next() { served.append(next) }
        return served
    }
}
