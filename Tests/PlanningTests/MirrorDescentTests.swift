import Model
import Planning
import TestSupport
import Testing

@Suite("The descent of a mirror")
struct MirrorDescentTests {
    /// A list of records as the descent sees it: fingerprints by sequence number.
    private typealias List = [Int64: UInt128]

    private func digest(_ list: List, _ range: SequenceRange) -> Digest {
        list.reduce(into: .empty) { if range.contains($1.key) { $0.add(Fingerprint(value: $1.value)) } }
    }

    /// Brings `mirror` into step with `list`; returns rounds of comparison and records fetched.
    private func run(_ mirror: inout List, to list: List) throws -> (rounds: Int, fetched: Int) {
        var descent = MirrorDescent(last: max(mirror.keys.max() ?? 0, list.keys.max() ?? 0), count: list.count)
        var rounds = 0
        var fetched = 0
        while let step = try descent.next() {
            switch step {
            case .compare(let range):
                rounds += 1
                let parts = range.split(into: MirrorDescent.parts)
                let taken = try descent.compared(
                    range, theirs: parts.map { digest(list, $0) }, mine: parts.map { digest(mirror, $0) })
                #expect(taken)
            case .fetch(let range):
                mirror = mirror.filter { !range.contains($0.key) }
                let part = list.filter { range.contains($0.key) }
                fetched += part.count
                mirror.merge(part) { $1 }
            case .drop(let range): mirror = mirror.filter { !range.contains($0.key) }
            }
        }
        return (rounds, fetched)
    }

    private func list(_ count: Int64) -> List {
        Dictionary(
            uniqueKeysWithValues: (1...count).map { ($0, UInt128($0) &* 0x9E37_79B9_7F4A_7C15_F39C_0C1E_4B5A_D3F7) })
    }

    @Test("Any difference heals: new, changed, removed, lost, rolled back", arguments: 0..<40)
    func heals(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let full = list(Int64.random(in: 1...3000, using: &random))
        var theirs = full
        var mine = full
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            let key = Int64.random(in: 1...3500, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: theirs[key] = nil
            case 1: mine[key] = nil
            case 2: theirs[key] = UInt128(random.next())
            default: mine[key] = UInt128(random.next())
            }
        }
        if seed % 7 == 0 { mine = [:] }
        if seed % 11 == 0 { mine = mine.filter { $0.key < 500 } }
        _ = try run(&mine, to: theirs)
        #expect(mine == theirs)
    }

    @Test("One changed record among 100,000 costs a few rounds and a leaf")
    func oneChange() throws {
        let theirs = list(100_000)
        var mine = theirs
        mine[54_321] = 1
        let cost = try run(&mine, to: theirs)
        #expect(mine == theirs)
        #expect(cost.rounds <= 5)
        #expect(cost.fetched <= 16)
    }

    @Test("Equal lists cost one round and no record")
    func equal() throws {
        var mine = list(100_000)
        let cost = try run(&mine, to: mine)
        #expect(cost.rounds == 1)
        #expect(cost.fetched == 0)
    }

    @Test("A peer whose counts do not add up ends the descent at once")
    func nonsense() throws {
        var descent = MirrorDescent(last: Record.highestSequence - 1, count: 1000)
        var steps = 0
        while let step = try descent.next() {
            steps += 1
            guard case .compare(let range) = step else { continue }
            let parts = range.split(into: MirrorDescent.parts)
            let taken = try descent.compared(
                range, theirs: parts.map { _ in Digest(sum: UInt128(steps), count: .max) },
                mine: parts.map { _ in Digest(sum: 0, count: 1000) })
            #expect(!taken)
        }
        #expect(steps == 1)
    }

    @Test("A driver that goes on without an answer, or answers what was not asked, is told so instead of going round")
    func astray() throws {
        var descent = MirrorDescent(last: 100_000, count: 1000)
        guard case .compare(let range)? = try descent.next() else {
            Issue.record("does not compare")
            return
        }
        var steps = 0
        #expect(throws: Astray.self) { while try descent.next() != nil, steps < 1000 { steps += 1 } }
        #expect(steps == 0)
        let other = SequenceRange(from: range.from, to: range.to - 1)
        let digests = range.split(into: MirrorDescent.parts).map { _ in Digest.empty }
        #expect(throws: Astray.self) { try descent.compared(other, theirs: digests, mine: digests) }
        #expect(try !descent.compared(range, theirs: digests, mine: digests))
        #expect(throws: Astray.self) { try descent.compared(range, theirs: digests, mine: digests) }
    }

    @Test("Pages that stand still, go back, or come unasked, end it", arguments: [-5, 0, 3] as [Int64])
    func pages(step: Int64) throws {
        var pages = PagedRange(SequenceRange(from: 10, to: 20))
        var asked = 0
        var parts: [SequenceRange] = []
        func walk() throws {
            while let range = try pages.next(), asked < 100 {
                asked += 1
                parts.append(try pages.took(upTo: range.from + step))
            }
        }
        if step > 0 {
            try walk()
            #expect(parts.map(\.from) == [10, 13, 16, 19])
            #expect(parts.last?.to == 20)
        } else {
            #expect(throws: Astray.self) { try walk() }
            #expect(asked == 1)
        }
        #expect(throws: Astray.self) { _ = try pages.took(upTo: nil) }
        var twice = PagedRange(SequenceRange(from: 10, to: 20))
        _ = try twice.next()
        #expect(throws: Astray.self) { _ = try twice.next() }
    }

    @Test(
        "Waits double up to the longest, and are spread over their upper half",
        arguments: [(1, 1.0, 1.0), (2, 1.0, 2), (3, 0, 2), (10, 1, 60), (1000, 0.5, 45)])
    func backoff(failures: Int, spread: Double, seconds: Double) {
        let backoff = Backoff(first: .seconds(1), longest: .seconds(60))
        #expect(backoff.wait(afterFailures: failures, spread: spread) == .seconds(seconds))
    }
}
