import Decoding
import Foundation
import Glibc
import Imaging
import Model
import TestSupport
import Testing

/// A pool of decoders that were taken over.
struct Attackers {
    let pool: DecoderPool

    init(seconds: Double = 20) {
        var limits = DecoderPool.Limits()
        limits.seconds = seconds
        pool = DecoderPool(program: HostBinaries.path("DecoderAttacker"), workers: 1, limits: limits)
    }

    /// What came of this order to one of them.
    func outcome(_ order: String) -> Result<DecodedPicture, ImagingError> {
        Result { () throws(ImagingError) in
            try pool.decode(Array(order.utf8).span, .png, edge: 100, limits: ImagingLimits())
        }
    }

    /// The sentence with which this order ended.
    func message(_ order: String) throws -> String {
        guard case .failure(let error) = outcome(order) else {
            throw ImagingTool.Failure(description: "\(order): gave a picture")
        }
        return error.message
    }
}

@Suite("The walls around a decoder")
struct DecoderWallTests {
    @Test("All walls hold that are needed")
    func holds() throws {
        let pool = DecoderPool(program: HostBinaries.path("syncd-decoder"), workers: 1)
        #expect(try pool.walls().isSuperset(of: .needed))
    }

    @Test(
        "What a decoder tries beyond decoding is refused",
        arguments: [
            "read /etc/passwd", "read /proc/self/environ", "list /", "look /etc/passwd", "append", "thread", "limits",
            "trace",
        ])
    func refuses(_ order: String) throws {
        let attackers = Attackers()
        let message = try attackers.message(order)
        #expect(message.contains("refused: Operation not permitted") || message.contains("broke down"))
        guard case .success = attackers.outcome("good") else {
            Issue.record("the next picture failed")
            return
        }
    }

    @Test(
        "A decoder that tries what none has a reason for is ended, and the next picture has a fresh one",
        arguments: [
            "overwrite", "shorten", "connect", "local", "program", "code", "unlock", "signal", "crash", "leave",
        ])
    func ends(_ order: String) throws {
        let attackers = Attackers()
        #expect(try attackers.message(order).contains("the decoder broke down over it"))
        guard case .success(let picture) = attackers.outcome("good") else {
            Issue.record("the next picture failed")
            return
        }
        #expect(picture.samples == [UInt8](repeating: 200, count: 16 * 8 * 3))
    }

    @Test("A decoder starts no other process")
    func fork() throws {
        #expect(try !Attackers().message("fork").contains("succeeded"))
    }

    @Test("A decoder writes and removes no file")
    func files() async throws {
        try await withTemporaryFolder { folder in
            let (made, kept) = (folder.appending(path: "made"), folder.appending(path: "kept"))
            try Data("kept".utf8).write(to: kept)
            let attackers = Attackers()
            #expect(try attackers.message("write \(made.path)").contains("refused"))
            #expect(try attackers.message("write \(kept.path)").contains("refused"))
            #expect(try attackers.message("remove \(kept.path)").contains("broke down"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["kept"])
            #expect(try Data(contentsOf: kept) == Data("kept".utf8))
        }
    }

    @Test("A decoder has no descriptor but its connection, the main, and the memory for the picture")
    func descriptors() throws {
        // Some that must not get there, though they may be inherited.
        let inherited = try (0..<5).map { _ in
            let descriptor = open("/dev/null", O_RDWR)
            try #require(descriptor >= 0)
            return descriptor
        }
        defer { for descriptor in inherited { close(descriptor) } }
        #expect(
            try Attackers().message("descriptors")
                == "The picture is damaged: [0, 1, 2, 3, 4, 5]; copy the file anew from a backup.")
    }

    @Test("A decoder that spins is ended")
    func spin() throws {
        let attackers = Attackers(seconds: 0.5)
        #expect(try attackers.message("spin").contains("needed more than"))
        guard case .success = attackers.outcome("good") else {
            Issue.record("the next picture failed")
            return
        }
    }

    @Test("A decoder gets no more memory than its share")
    func eat() throws {
        let message = try Attackers().message("eat")
        let eaten = try #require(try #/ate (\d+) MB/#.firstMatch(in: message).flatMap { Int($0.1) }, "\(message)")
        #expect(eaten < 3_000)
    }

    @Test(
        "An answer that cannot be is refused, and the next picture has a fresh decoder",
        arguments: [
            "wide", "wider", "empty", "turned", "unturned", "exif", "layout", "refusal", "short", "long", "noise",
        ])
    func lies(_ lie: String) throws {
        let attackers = Attackers()
        let message = try attackers.message("lie \(lie)")
        #expect(message.contains("impossible answer") || message.contains("broke down"))
        guard case .success = attackers.outcome("good") else {
            Issue.record("the next picture failed")
            return
        }
    }

    @Test("What a decoder says can be shown on a terminal")
    func cleanText() throws {
        let message = try Attackers().message("lie terminal")
        #expect(message == "The picture is damaged: ]0;mine[31mredend; copy the file anew from a backup.")
    }
}
