import Control
import Foundation
import Model
import Testing

@testable import Agent

@Suite("Problems")
struct ProblemsTests {
    private let problems = Problems(status: Status())
    private let liar = NodeID(Bytes32.random())

    private func report(_ number: Int, of what: String, by peer: NodeID? = nil, isPassing: Bool = false) -> Int {
        (0..<number).count { problems.report("\(what) \($0)", "it fails", by: peer, isPassing: isPassing) }
    }

    @Test("that one peer causes have a share of the places")
    func share() {
        #expect(report(1000, of: "lie", by: liar) == Problems.mostOfPeer)
        #expect(report(10, of: "honest", by: NodeID(Bytes32.random())) == 10)
        #expect(report(1000, of: "name", isPassing: true) == Problems.mostPassing)
        #expect(problems.lines.count == Problems.mostOfPeer + 10 + Problems.mostPassing)
    }

    @Test("of this machine find a place whatever peers cause, and are never pushed out")
    func own() {
        for _ in 0..<10 { _ = report(100, of: "lie of \(UUID())", by: NodeID(Bytes32.random())) }
        #expect(problems.lines.count == Problems.most)
        #expect(problems.report("disk", "it is full"))
        #expect(problems.lines.count == Problems.most)
        #expect(report(1000, of: "file") == Problems.most - 1)
        #expect(problems["disk"] != nil)
        #expect(report(10, of: "late", by: liar) == 0)
    }

    @Test("give their places back, and a new one by the same peer takes them")
    func givenBack() {
        _ = report(100, of: "lie", by: liar)
        for number in 0..<10 { problems.withdraw("lie \(number)") }
        #expect(report(100, of: "new", by: liar) == 10)
        _ = report(1000, of: "name", isPassing: true)
        problems.withdrawPassing()
        #expect(report(5, of: "other", isPassing: true) == 5)
    }

    @Test("stay in their share whoever reports them next")
    func moved() {
        _ = report(Problems.mostOfPeer, of: "lie", by: liar)
        #expect(!problems.report("own", "it fails", by: liar))
        #expect(problems.report("own", "it fails"))
        #expect(problems.report("own", "it lies", by: liar))
        #expect(problems["own"]?.reason == "it lies")
        #expect(report(1, of: "more", by: liar) == 0)
        problems.withdraw("lie 0")
        #expect(report(1, of: "more", by: liar) == 1)
    }
}
