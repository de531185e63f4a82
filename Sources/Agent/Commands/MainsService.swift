import Catalogue
import Control
import Disk
import Model
import Planning

/// What a person asks of this node about mains: to bring them here, to let them go, to delete, restore and verify them.
struct MainsService: Sendable {
    let node: NodeParts
    let connected: ConnectedPeers
    let shelf: Shelf
    let evictor: Evictor
    let damage: Damage
    let verifier: Verifier
    let departures: Departures
    let caretaker: Caretaker

    typealias Answers = AsyncThrowingStream<WorkMessage, any Error>

    var catalogue: CatalogueDatabase { node.catalogue }

    /// Counts what became of images while it tells of each.
    struct Tally {
        let answers: Answers.Continuation
        let began = ContinuousClock.now
        var summary = WorkSummary(images: 0, others: 0, bytes: 0, seconds: 0)
        /// What images are to those that were named, where they were not named themselves.
        var parts: [ImageID: ImageOutcome.Part] = [:]
        /// What is to be said of images beside what became of them.
        var notes: [ImageID: [String]] = [:]

        init(_ answers: Answers.Continuation) { self.answers = answers }

        mutating func done(_ line: ImageOutcome) {
            summary.images += 1
            summary.bytes += line.bytes
            tell(line)
        }

        mutating func notDone(_ line: ImageOutcome, mayWorkLater: Bool) {
            summary.others += 1
            summary.tryAgain = summary.tryAgain || mayWorkLater
            tell(line)
        }

        private func tell(_ line: ImageOutcome) {
            var line = line
            line.part = line.image.flatMap { parts[$0] }
            if let notes = line.image.flatMap({ notes[$0] }) {
                line.reason = ([line.reason].compactMap(\.self) + notes).joined(separator: "; ")
            }
            answers.yield(.image(line))
        }

        mutating func finish() {
            summary.seconds = (ContinuousClock.now - began) / .seconds(1)
            answers.yield(.done(summary))
        }
    }

    /// The images that paths name: of a folder all below it. A line for each path that names none.
    func images(
        at paths: [RelativePath], _ tally: inout Tally
    ) async throws -> [(path: RelativePath, image: ImageID)] {
        var found: [(path: RelativePath, image: ImageID)] = []
        var seen: Set<ImageID> = []
        for path in paths {
            let here = try await node.images(at: path)
            if here.isEmpty {
                tally.notDone(
                    ImageOutcome(
                        path: path, outcome: .unknown,
                        reason: "no image is known there; `syncctl ls` lists those that are"), mayWorkLater: false)
            }
            found += here.filter { seen.insert($0.image).inserted }
        }
        return found
    }
}
