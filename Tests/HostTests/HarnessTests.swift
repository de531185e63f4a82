import Foundation
import Glibc
import TestSupport
import Testing

extension HostSuites {
    /// What later tests rely on without looking.
    @Suite("The harness itself")
    struct HarnessTests {
        @Test("gives each host its own name, network and /run, and takes all of it down")
        func isolation() async throws {
            let (pid, folder) = try await HostNetwork.run { network in
                let a = try await network.host("alpha")
                let b = try await network.host("beta")
                #expect(try await a.require(["cat", "/proc/sys/kernel/hostname"]) == "alpha\n")
                #expect(try await b.require(["cat", "/proc/sys/kernel/hostname"]) == "beta\n")
                try await a.require(["touch", "/run/mark"])
                #expect(try await b.run(["test", "-e", "/run/mark"]).status == 1)
                #expect(!FileManager.default.fileExists(atPath: "/run/mark"))
                #expect(
                    try await b.require(["ip", "-brief", "-4", "address", "show", "eth0"]).contains("10.77.0.2/24"))
                let process = try await a.start(["cat"])
                return (process.pid, a.folder)
            }
            #expect(kill(pid, 0) != 0)
            #expect(!FileManager.default.fileExists(atPath: folder.path))
        }

        @Test("takes all of it down when a test throws, and passes its error on")
        func cleansUpAfterErrors() async throws {
            struct Thrown: Error {}
            let seen = HostObserved<HostProcess?>(nil)
            await #expect(throws: Thrown.self) {
                try await HostNetwork.run { network in
                    let process = try await network.host("alpha").start(["cat"])
                    seen.update { $0 = process }
                    throw Thrown()
                }
            }
            #expect(seen.now?.output.end == .signalled(SIGKILL))
        }

        @Test("tells the status, output and signals of processes, and fails at once for what can no longer come")
        func processes() async throws {
            try await HostNetwork.run { network in
                let host = try await network.host("alpha")
                let result = try await host.run(["sh", "-c", "cat; echo err >&2; exit 3"], input: "in")
                #expect(result.status == 3 && result.out == "in" && result.err == "err\n")

                let process = try await host.start([
                    "sh", "-c", "trap 'echo bye; exit 0' TERM; echo up; read x; echo $x",
                ])
                try await process.line("up") { $0 == "up" }
                process.write("more\n")
                try await process.line("more") { $0 == "more" }
                #expect(try await process.waitForEnd().end == .exited(0))
                await #expect(throws: HostFailure.self) { try await process.line("never") { $0 == "never" } }

                let killed = try await host.start(["cat"])
                killed.kill()
                #expect(try await killed.waitForEnd().end == .signalled(SIGKILL))
                let missing = try await host.run(["no-such-program"])
                #expect(missing.status == 127)
            }
        }

        @Test("holds a dialogue at a terminal, which is the process's controlling one")
        func terminal() async throws {
            try await HostNetwork.run { network in
                let host = try await network.host("alpha")
                let script = "printf 'name? ' >/dev/tty; read n </dev/tty; echo \"hello $n\"; test -t 0 && test -t 1"
                let process = try await host.startOnTerminal(["sh", "-c", script])
                try await process.expect(#"name\? "#)
                process.write("Ada\n")
                try await process.expect("hello Ada")
                #expect(try await process.waitForEnd().end == .exited(0))
            }
        }

        @Test("cuts and heals the network, pulls cables, changes addresses and limits rates")
        func network() async throws {
            try await HostNetwork.run { network in
                let a = try await network.host("alpha")
                let b = try await network.host("beta")
                #expect(try await Self.reaches(a, "10.77.0.2"))
                try await network.partition([[a], [b]])
                #expect(try await !Self.reaches(a, "10.77.0.2"))
                try await network.heal()
                #expect(try await Self.reaches(a, "10.77.0.2"))
                try await b.linkDown()
                #expect(try await !Self.reaches(b, "10.77.0.1"))
                try await b.linkUp()
                #expect(try await Self.reaches(b, "10.77.0.1"))
                try await b.set(address: "10.77.0.99")
                #expect(try await Self.reaches(a, "10.77.0.99"))
                #expect(b.address == "10.77.0.99")
                try await b.limitRate("10mbit")
                #expect(try await b.require(["tc", "qdisc", "show", "dev", "eth0"]).contains("tbf"))
                try await b.limitRate(nil)
                #expect(try await !b.require(["tc", "qdisc", "show", "dev", "eth0"]).contains("tbf"))
            }
        }

        @Test("sees each partial image that is visible, and nothing wrong with whole or hidden ones")
        func libraryWatch() async throws {
            try await HostNetwork.run { network in
                let host = try await network.host("alpha")
                let library = host.folder.appending(path: "library")
                for folder in [".mainstay", "x/y"] {
                    try FileManager.default.createDirectory(
                        at: library.appending(path: folder), withIntermediateDirectories: true)
                }
                let watch = try LibraryWatch(library)
                let whole = #"'\377\330\377\340 \377\331'"#
                func shell(_ script: String) async throws {
                    try await host.require(["sh", "-c", "cd \(library.path) && \(script)"])
                }

                try await shell("printf '\\377' >.mainstay/a.reduced.jpg; printf x >b.jpg")
                try await shell("printf \(whole) >.mainstay/part; mv .mainstay/part x/y/a.reduced.jpg")
                try await watch.wait(forLooks: 1)
                #expect(watch.seen.faults.isEmpty)

                try await shell("printf '\\377\\330\\377' >.mainstay/part; mv .mainstay/part x/y/b.reduced.jpg")
                try await watch.wait(forLooks: 2)
                #expect(watch.seen.faults.count == 1)
                #expect(watch.seen.faults.first?.hasSuffix("b.reduced.jpg is not whole (3 bytes)") ?? false)

                try await shell("printf more >>x/y/a.reduced.jpg")
                try await watch.wait(forLooks: 3)
                #expect(watch.seen.faults.contains { $0.hasSuffix("a.reduced.jpg was written in place") })

                try await shell("mkdir z && printf x >z/c.reduced.jpg")
                try await watch.wait(forLooks: 4)
                #expect(watch.seen.faults.contains { $0.contains("z/c.reduced.jpg is not whole") })
            }
        }

        /// Whether a port where nobody listens is refused by the host itself, instead of by nobody at all.
        private static func reaches(_ host: TestSupport.Host, _ address: String) async throws -> Bool {
            // The neighbour's answer of a moment ago would let a packet go out into nothing.
            try await host.require(["ip", "neighbour", "flush", "dev", "eth0"])
            let result = try await host.run(["bash", "-c", "exec 3<>/dev/tcp/\(address)/9"], within: .seconds(60))
            return result.err.contains("refused")
        }
    }
}
