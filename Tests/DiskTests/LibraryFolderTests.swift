import Disk
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("The library's folder")
struct LibraryFolderTests {
    @Test("A new library gets its marker and folders, and opens again with its id")
    func create() async throws {
        try await withFolder { parent in
            let path = parent.appending(path: "deep/Pictures").path
            var library: LibraryFolder? = try LibraryFolder(path: path, .create)
            let id = try #require(library?.id)
            #expect(library?.state() == .ok)
            #expect(try #require(library).space().free > 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: path + "/.mainstay").sorted()
            #expect(names == ["damaged", "incoming", "library", "lock", "trash", "versions"])
            library = nil
            #expect(try LibraryFolder(path: path, .expect(id: id)).id == id)
            #expect(try LibraryFolder(path: path, .create).id == id, "a marker that is there is kept")
        }
    }

    enum Loss: CaseIterable { case folder, marker, store, damagedMarker, otherLibrary, file }

    @Test("Without its own marker a library is missing, and nothing is made in its place", arguments: Loss.allCases)
    func missing(loss: Loss) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let files = FileManager.default
            switch loss {
            case .folder: try files.removeItem(at: sandbox.folder)
            case .marker: try files.removeItem(at: sandbox.url(".mainstay/library"))
            case .store: try files.removeItem(at: sandbox.url(".mainstay"))
            case .damagedMarker: try Data("?".utf8).write(to: sandbox.url(".mainstay/library"))
            case .otherLibrary:
                try files.removeItem(at: sandbox.folder)
                _ = try DiskSandbox(in: parent)
            case .file:
                try files.removeItem(at: sandbox.folder)
                try Data().write(to: sandbox.folder)
            }
            let before = try? files.subpathsOfDirectory(atPath: sandbox.folder.path).sorted()
            guard case .missing(let reason) = sandbox.library.state() else {
                Issue.record("the loss of the \(loss) was not noticed")
                return
            }
            #expect(reason.hasSuffix("."))
            let error = diskError { _ = try LibraryFolder(path: sandbox.folder.path, .expect(id: sandbox.library.id)) }
            #expect(error?.code == .libraryMissing)
            #expect(error?.isRetryable == true)
            let after = try? files.subpathsOfDirectory(atPath: sandbox.folder.path).sorted()
            #expect(after == before)
        }
    }

    @Test("The same marker in another folder is not the library that was opened")
    func replaced() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let away = parent.appending(path: "away")
            try FileManager.default.moveItem(at: sandbox.folder, to: away)
            try FileManager.default.copyItem(at: away, to: sandbox.folder)
            #expect(sandbox.library.state() != .ok)
        }
    }

    @Test("A second agent is told which process has the library")
    func locked() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            for opening in [LibraryFolder.Opening.create, .expect(id: sandbox.library.id)] {
                let error = diskError { _ = try LibraryFolder(path: sandbox.folder.path, opening) }
                #expect(error?.code == .locked)
                #expect(error?.message.contains("Process \(ProcessInfo.processInfo.processIdentifier) ") == true)
            }
        }
    }

    @Test("A lock ends with its object, and leaves no claim behind")
    func lockEnds() async throws {
        try await withFolder { parent in
            let path = parent.appending(path: "lock").path
            var lock: ProcessLock? = try ProcessLock(path: path, protecting: "the state")
            #expect(diskError { _ = try ProcessLock(path: path, protecting: "the state") }?.code == .locked)
            withExtendedLifetime(lock) {}
            lock = nil
            #expect(diskError { _ = try ProcessLock(path: path, protecting: "the state") } == nil)
        }
    }

    @Test("A library reached through a symbolic link is the person's choice; one inside for .mainstay is refused")
    func symbolicLinks() async throws {
        try await withFolder { parent in
            let outside = parent.appending(path: "outside")
            try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
            let link = parent.appending(path: "link")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: outside)
            #expect(try LibraryFolder(path: link.path, .create).state() == .ok)

            let trap = parent.appending(path: "trap")
            try FileManager.default.createDirectory(at: trap, withIntermediateDirectories: true)
            let store = trap.appending(path: ".mainstay")
            try FileManager.default.createSymbolicLink(at: store, withDestinationURL: parent.appending(path: "victim"))
            try FileManager.default.createDirectory(
                at: parent.appending(path: "victim"), withIntermediateDirectories: true)
            #expect(diskError { _ = try LibraryFolder(path: trap.path, .create) }?.code == .notAFolder)
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent.appending(path: "victim").path).isEmpty)
        }
    }

    @Test("Killed at any step of making a library, the next start makes it whole")
    func killed() async throws {
        try await withFolder { parent in
            let whole = FaultyCalls()
            _ = try LibraryFolder(path: parent.appending(path: "whole").path, .create, calls: whole)
            for step in 0..<whole.changes {
                let path = parent.appending(path: "Pictures \(step)").path
                let calls = FaultyCalls.killed(after: step)
                // A few changes may be missed without harm, the process id in the lock among them.
                _ = try? LibraryFolder(path: path, .create, calls: calls)
                #expect(calls.hits > 0)
                let library = try LibraryFolder(path: path, .create)
                #expect(library.state() == .ok)
                #expect(try LibraryWalk(library: library).walk { _ in }.files == 0)
            }
        }
    }

    @Test(
        "Each fault of the disk has a sentence with its remedy",
        arguments: [
            (Errno.noSpace, DiskError.Code.noSpace), (.diskQuotaExceeded, .noSpace), (.ioError, .ioFailure),
            (.permissionDenied, .notPermitted), (.readOnlyFileSystem, .readOnly), (.fileNameTooLong, .badName),
            (.tooManySymbolicLinkLevels, .notAFolder), (.staleNFSFileHandle, .ioFailure), (.tooManyOpenFiles, .limit),
            (.brokenPipe, .other),
        ])
    func errors(errno: Errno, code: DiskError.Code) async throws {
        try await withFolder { parent in
            let calls = FaultyCalls { $0.kind == .space ? errno : nil }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let error = try #require(diskError { _ = try library.space() })
            #expect(error.code == code)
            #expect(error.errno == errno)
            #expect(error.message.hasSuffix("."))
            #expect(error.message.contains(";"), "the remedy follows the fault")
            #expect(calls.hits == 1)
        }
    }

    @Test("What changed a moment ago is settled when nobody has it open for writing, and is what was seen")
    func nobodyWrites() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.write("a.jpg", [1])
            let file = try #require(try sandbox.library.find(path("a.jpg")))
            var changes = LibraryChanges()
            changes.unsettled = [UnsettledFile(file: file, since: 1, lookAgain: 2)]
            let writer = try FileHandle(forWritingTo: sandbox.url("a.jpg"))
            #expect(sandbox.library.settling(changes) == changes)
            let isTold = try LinuxCalls().syncAll(writer.fileDescriptor)
            try writer.close()
            #expect(sandbox.library.settling(changes).toHash == (isTold ? [file] : []))
            #expect(sandbox.library.settling(changes).unsettled.isEmpty == isTold)
            try sandbox.write("a.jpg", [1, 2])
            #expect(sandbox.library.settling(changes) == changes)
        }
    }
}
