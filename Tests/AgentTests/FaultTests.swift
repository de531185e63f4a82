import Agent
import Catalogue
import Control
import Disk
import Foundation
import Model
import SystemPackage
import TestSupport
import Testing

@Suite("An agent and what befalls it", .serialized)
struct FaultTests {
    @Test("A full disk at the receiver stops what is received, says so, and is got over by itself")
    func fullDisk() async throws {
        try await withTemporaryFolder { folder in
            let isFull = Switch(false)
            let calls = FaultyCalls { call in call.kind == .write && isFull.isOn ? .noSpace : nil }
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                for number in 1...3 { try a.put(try Photo.large(number), "\(number).jpg") }
                try await TestNode.run("ben", in: folder, calls: calls, configure: { $0.reduceMore() }) { b in
                    isFull.set(true)
                    try await b.join(a)
                    let status = try await b.wait("the problem") { $0.problems.contains { $0.subject == "disk" } }
                    #expect(status.problems.first { $0.subject == "disk" }?.nextTry != nil)
                    #expect(try b.files == [])
                    isFull.set(false)
                    let after = try await b.settle(images: 3)
                    #expect(after.problems.isEmpty)
                    #expect(calls.hits > 0)
                }
            }
        }
    }

    @Test("A disk that cannot read one main serves all others, and says which one it is")
    func unreadableMain() async throws {
        try await withTemporaryFolder { folder in
            let isBroken = Switch(false)
            let calls = FaultyCalls(
                fault: { call in call.kind == .open && call.name == "2.jpg" && isBroken.isOn ? .ioError : nil })
            try await TestNode.run("anna", in: folder, calls: calls, configure: { $0.reduceMore() }) { a in
                for number in 1...3 { try a.put(try Photo.large(number), "\(number).jpg") }
                try await a.wait("its own photos") { $0.library.mains == 3 }
                isBroken.set(true)
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.join(a)
                    let status = try await b.wait("two of three") { $0.library.reduced == 2 && $0.work.failed == 1 }
                    #expect(status.problems.map(\.subject) == ["2.jpg"])
                    let holder = try await a.control.status()
                    #expect(holder.problems.contains { $0.subject == "2.jpg" })
                    #expect(calls.hits > 0)
                    isBroken.set(false)
                    try await b.settle(images: 3)
                }
            }
        }
    }

    @Test(
        "Agents that stop and start again in the middle of the first exchange end with everything",
        arguments: [1, 2, 3])
    func restarts(seed: Int) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                for number in 1...12 { try a.put(try Photo.large(number), "\(number).jpg") }
                for round in 0..<4 {
                    try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                        if round == 0 { try await b.join(a) }
                        try await b.wait("some progress") {
                            $0.library.reduced >= (round * 2 + seed).clamped(to: 0...12)
                        }
                    }
                }
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.settle(images: 12)
                    #expect(try b.files.count == 12)
                }
            }
        }
    }

    @Test("An agent finds a peer again whose port has changed, because that peer comes to it")
    func newPort() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.join(a)
                    try await a.settle(images: 0)
                }
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try b.put(try Photo.large(1), "x.jpg")
                    try await a.settle(images: 1)
                }
            }
        }
    }

    @Test("A mirror that was rolled back, or lost, heals by comparing")
    func rolledBack() async throws {
        try await withTemporaryFolder { folder in
            let state = folder.appending(path: "ben/state")
            let backup = folder.appending(path: "backup")
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                try a.put(try Photo.small(1), "1.jpg")
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.join(a)
                    try await b.settle(images: 1)
                }
                try FileManager.default.copyItem(at: state, to: backup)
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    for number in 2...4 { try a.put(try Photo.small(number), "\(number).jpg") }
                    try b.put(try Photo.small(9), "mine.jpg")
                    try await b.settle(images: 5)
                    try await a.settle(images: 5)
                }
                try FileManager.default.removeItem(at: state)
                try FileManager.default.moveItem(at: backup, to: state)
                try a.remove("4.jpg")
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.settle(images: 5)
                    try await a.settle(images: 5, missing: 1)
                    #expect(try b.files == ["1.jpg", "2.jpg", "3.jpg", "4.jpg", "mine.jpg"])
                }
            }
        }
    }

    @Test("A library that loses most of its photos at once pauses, publishes nothing of it, and waits for a person")
    func massDisappearance() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder) { a in
                for number in 1...20 { try a.put(try Photo.small(number), "f/\(number).jpg") }
                try a.put(try Photo.small(21), "keep.jpg")
                try await TestNode.run("ben", in: folder) { b in
                    try await b.join(a)
                    try await b.settle(images: 21)
                    try FileManager.default.moveItem(
                        at: a.library.appending(path: "f"), to: folder.appending(path: "elsewhere"))
                    let paused = try await a.wait("the pause") { $0.library.state == .paused }
                    #expect(paused.safety.paused?.contains("--accept-removals") == true)
                    #expect(paused.library.mains == 21)
                    #expect(try await a.scan().paused != nil)
                    #expect(try await b.control.status().peers.first?.images == 21)
                    try FileManager.default.moveItem(
                        at: folder.appending(path: "elsewhere"), to: a.library.appending(path: "f"))
                    // Their return ends the pause, without a person.
                    try await a.wait("the end of the pause") { $0.library.state == .ok }
                    try a.remove("f")
                    try await a.wait("the pause again") { $0.library.state == .paused }
                    #expect(try await a.scan(acceptRemovals: true).removed == 20)
                    try await a.wait("the removals") { $0.library.mains == 1 && $0.library.state == .ok }
                    #expect(try b.files.count == 21)
                }
            }
        }
    }

    @Test("A library whose disk is not there is missing, not empty; and goes on when it is back")
    func missingDisk() async throws {
        try await withTemporaryFolder { folder in
            let library = folder.appending(path: "anna/library")
            let away = folder.appending(path: "away")
            try await TestNode.run("anna", in: folder) { a in
                try a.put(try Photo.small(1), "1.jpg")
                try await a.wait("its photo") { $0.library.mains == 1 }
                try FileManager.default.moveItem(at: library, to: away)
                let missing = try await a.wait("the absence") { $0.library.state == .missing }
                #expect(missing.library.mains == 1)
                try FileManager.default.moveItem(at: away, to: library)
                try await a.wait("its return") { $0.library.state == .ok && $0.library.mains == 1 }
            }
            // An empty folder where the disk was mounted: as after a start without the disk.
            try FileManager.default.moveItem(at: library, to: away)
            try await TestNode.run("anna", in: folder) { a in
                let status = try await a.control.status()
                #expect(status.library.state == .missing)
                #expect(status.library.mains == 1)
                #expect(try FileManager.default.contentsOfDirectory(atPath: library.path) == [])
            }
        }
    }

    @Test("A library whose marker was deleted waits for a person's word, and an empty folder is not believed")
    func markerGone() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder) { a in
                try a.put(try Photo.small(1), "1.jpg")
                try await a.wait("its photo") { $0.library.mains == 1 }
                try FileManager.default.removeItem(at: a.library.appending(path: ".mainstay"))
                let missing = try await a.wait("the absence") {
                    $0.library.state == .missing && $0.safety.paused?.contains("syncctl library new") == true
                }
                #expect(missing.library.mains == 1)
                try FileManager.default.moveItem(at: a.library, to: folder.appending(path: "away"))
                try FileManager.default.createDirectory(at: a.library, withIntermediateDirectories: true)
                await #expect(throws: ControlFailure.self) { try await a.scan(acceptRemovals: true) }
                try FileManager.default.removeItem(at: a.library)
                try FileManager.default.moveItem(at: folder.appending(path: "away"), to: a.library)
                #expect(try await a.scan(acceptRemovals: true).paused == nil)
                let back = try await a.wait("its return") { $0.library.state == .ok }
                #expect(back.library.mains == 1)
            }
        }
    }

    @Test("A second agent on the same state or library is told which process has it")
    func second() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder) { a in
                for other in ["state", "library"] {
                    let error = await #expect(throws: AgentError.self) {
                        try await TestNode.run(
                            "ben", in: folder,
                            configure: {
                                if other == "state" { $0.state = a.state.path } else { $0.library = a.library.path }
                            }, { _ in })
                    }
                    #expect(error?.code == .alreadyRunning)
                    #expect(error?.message.contains("\(ProcessInfo.processInfo.processIdentifier)") == true)
                }
            }
        }
    }
}

/// A condition that a test turns on and off while others look at it.
final class Switch: Sendable {
    private let state: Mutexed<Bool>
    init(_ isOn: Bool) { state = Mutexed(isOn) }
    var isOn: Bool { state.value }
    func set(_ isOn: Bool) { state.value = isOn }
}

extension Comparable {
    func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
