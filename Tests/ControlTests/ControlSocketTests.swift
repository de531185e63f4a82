import Control
import Foundation
import Glibc
import Logging
import TestSupport
import Testing

@testable import Control

@Suite("The control socket belongs to one agent and its owner", .timeLimit(.minutes(2)))
struct ControlSocketTests {
    @Test("only the owner may connect, the folder is made for the owner only, and nothing is left at the end")
    func permissions() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("run/mainstay/syncd.sock")
        try await CommandServed.serve(FakeNode(), at: socket) { client async throws in
            _ = try await client.status()
            let attributes = try FileManager.default.attributesOfItem(atPath: socket)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.type] as? FileAttributeType == .typeSocket)
            let folder = try FileManager.default.attributesOfItem(atPath: scratch("run/mainstay"))
            #expect(folder[.posixPermissions] as? Int == 0o700)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("run/mainstay")) == [])
    }

    @Test("a second server is refused and the first goes on")
    func second() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { client async throws in
            let other = ControlServer(socketPath: socket, node: FakeNode(), logger: Logger(label: "test"))
            let failure = await #expect(throws: ControlFailure.self) { try await other.run() }
            #expect(failure?.code == .tryAgain)
            #expect(failure?.message.contains(socket) == true)
            #expect(try await client.status() == CommandSamples.status)
        }
    }

    @Test("the socket gets its name with its rights, also where a killed agent left the folder that it was made in")
    func workshop() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try FileManager.default.createDirectory(atPath: socket + "~", withIntermediateDirectories: false)
        try Self.leaveSocket(at: SocketFile.workshop(of: socket))
        try await CommandServed.serve(FakeNode(), at: socket) { client async throws in
            #expect(try await client.status() == CommandSamples.status)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("")).sorted() == ["s", "s.lock"])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("")) == [])
    }

    @Test("a socket is made where nobody else may enter")
    func made() throws {
        let scratch = try CommandScratch()
        let old = umask(0)
        defer { umask(old) }
        try SocketFile.makeWorkshop(of: scratch("s"))
        let folder = try FileManager.default.attributesOfItem(atPath: scratch("s~"))
        #expect(folder[.posixPermissions] as? Int == 0o700)
    }

    @Test("the socket of a dead agent is taken over")
    func stale() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try Self.leaveSocket(at: socket)
        #expect(SocketFile.presence(at: socket) == .stale)
        try await CommandServed.serve(FakeNode(), at: socket) { client async throws in
            #expect(try await client.status() == CommandSamples.status)
        }
    }

    @Test("somebody who answers without holding the lock is not pushed away")
    func unlocked() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let listener = try Self.listen(at: socket)
        defer { close(listener) }
        let server = ControlServer(socketPath: socket, node: FakeNode(), logger: Logger(label: "test"))
        let failure = await #expect(throws: ControlFailure.self) { try await server.run() }
        #expect(failure?.code == .tryAgain)
        #expect(SocketFile.presence(at: socket) == .answering)
    }

    @Test("a file that is no socket is never removed")
    func file() async throws {
        let scratch = try CommandScratch()
        let path = scratch("precious")
        try Data("photo".utf8).write(to: URL(fileURLWithPath: path))
        let server = ControlServer(socketPath: path, node: FakeNode(), logger: Logger(label: "test"))
        let failure = await #expect(throws: ControlFailure.self) { try await server.run() }
        #expect(failure?.code == .failed)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "photo")
    }

    @Test("a path that is too long for a socket is said to be")
    func tooLong() async throws {
        let scratch = try CommandScratch()
        let socket = scratch(String(repeating: "x", count: 120))
        let server = ControlServer(socketPath: socket, node: FakeNode(), logger: Logger(label: "test"))
        let failure = await #expect(throws: ControlFailure.self) { try await server.run() }
        #expect(failure?.message.contains("longer than 107 bytes") == true)
    }

    @Test("the client says what is wrong with the socket")
    func client() async throws {
        let scratch = try CommandScratch()
        let absent = await #expect(throws: ControlFailure.self) {
            try await ControlClient(socketPath: scratch("a")).status()
        }
        #expect(absent?.code == .notRunning)
        try Self.leaveSocket(at: scratch("b"))
        let stale = await #expect(throws: ControlFailure.self) {
            try await ControlClient(socketPath: scratch("b")).status()
        }
        #expect(stale?.code == .notRunning)
        #expect(stale?.message.contains("nobody listens") == true)
    }

    /// A bound socket that nobody listens on, as a killed agent leaves it.
    private static func leaveSocket(at path: String) throws { close(try listen(at: path)) }

    private static func listen(at path: String) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0 && Glibc.listen(descriptor, 4) == 0)
        return descriptor
    }
}
