import Control
import Logging
import Planning
import Testing

@testable import Agent

@Suite("Services that end by themselves", .timeLimit(.minutes(2)))
struct SupervisorTests {
    private struct Fault: Error, CustomStringConvertible { var description: String }

    private static let waits = Backoff(first: .milliseconds(1), longest: .milliseconds(2))

    private func supervisor(recovery: Duration) -> (Supervisor, Problems, Status) {
        let status = Status()
        let problems = Problems(status: status)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return (
            Supervisor(problems: problems, logger: logger, waits: Self.waits, recovery: recovery), problems, status
        )
    }

    private func wait(_ status: Status, until isSo: () -> Bool) async {
        while true {
            let edition = status.edition
            if isSo() { return }
            await status.wait(past: edition)
        }
    }

    @Test("One that ends, in whatever way, is begun again, and status says why it ended until the node ends")
    func again() async {
        let (supervisor, problems, _) = supervisor(recovery: .seconds(3600))
        let told = Mutexed<[String]>([])
        let runs = Bulletin()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await supervisor.keep("a test") {
                    told.value.append(problems.lines.map { "\($0.subject): \($0.reason)" }.joined())
                    let count = told.value.count
                    runs.post()
                    if count == 1 { throw Fault(description: "no disk") }
                    if count == 3 { await Bulletin().wait(past: 0) }
                }
            }
            while told.value.count < 3 {
                let edition = runs.edition
                if told.value.count < 3 { await runs.wait(past: edition) }
            }
            group.cancelAll()
        }
        let all = told.value
        #expect(all[0] == "")
        #expect(all[1].hasPrefix("service: a test: It ended by itself (no disk) and is begun again."))
        #expect(all[2].contains("(it said nothing of why)"))
        #expect(problems.lines.isEmpty)
    }

    @Test("Once it has run for a while there is no problem any more; one that is over is not begun again")
    func recovers() async {
        let (supervisor, problems, status) = supervisor(recovery: .milliseconds(1))
        let count = Mutexed(0)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await supervisor.keep("a test") {
                    count.value += 1
                    if count.value == 1 { throw Fault(description: "no disk") }
                    await Bulletin().wait(past: 0)
                }
            }
            await wait(status) { count.value == 1 && !problems.lines.isEmpty }
            await wait(status) { problems.lines.isEmpty }
            #expect(count.value == 2)
            group.cancelAll()
        }
        let isOver = Mutexed(false)
        await supervisor.keep("another", isOver: { isOver.value }) {
            isOver.value = true
        }
        #expect(problems.lines.isEmpty)
    }
}
