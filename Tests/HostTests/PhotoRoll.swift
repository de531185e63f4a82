import Foundation
import TestSupport

/// Photos in any number, no two alike: a few that were made once, each with a comment of its own.
actor PhotoRoll {
    /// Made once for all tests, as making one takes half a second.
    static let shared = PhotoRoll()

    private static let made = 6
    private var bases: [Data] = []
    private var count = 0

    /// Copies new photos into a folder of the library, as a person does from a card: file by file, in place.
    ///
    /// - Returns: path below the library to SHA-256.
    @discardableResult
    func take(_ photos: Int, on machine: Machine, in folder: String) async throws -> [String: String] {
        let first = count
        count += photos
        let staging = machine.host.folder.appending(path: "roll-\(first)")
        if bases.isEmpty { try await make(on: machine.host) }
        try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
        for number in 0..<photos {
            let name = "IMG_\(String(10_001 + number).dropFirst()).JPG"
            try photo(first + number).write(to: staging.appending(path: name))
        }
        let sums = try await machine.host.require(["sh", "-c", "cd \"$1\" && sha256sum --zero *", "sh", staging.path])
        try await machine.inLibrary(
            "mkdir -p '\(folder)' && cp '\(staging.path)'/* '\(folder)/' && rm -r '\(staging.path)'")
        return Census(sums: sums).files.reduce(into: [:]) { $0["\(folder)/\($1.key)"] = $1.value }
    }

    /// Saves a new photo over one in the library, as an editor does: beside it first, then renamed onto it.
    ///
    /// - Returns: its SHA-256.
    func edit(_ path: String, on machine: Machine) async throws -> String {
        count += 1
        if bases.isEmpty { try await make(on: machine.host) }
        let edited = machine.host.folder.appending(path: "edited-\(count)")
        try photo(count - 1).write(to: edited)
        let folder = (path as NSString).deletingLastPathComponent
        let temporary = folder + "/.saving"
        return try await machine.inLibrary(
            "mkdir -p '\(folder)' && cp '\(edited.path)' '\(temporary)' && sha256sum <'\(temporary)' && mv '\(temporary)' '\(path)'"
        ).prefix(64).description
    }

    private func make(on host: TestSupport.Host) async throws {
        let folder = host.folder.appending(path: "made")
        let names = try await host.require([
            HostBinaries.syncd, "make-photos", folder.path, "--count", "\(Self.made)", "--seed", "3", "--width", "2400",
            "--height", "1600",
        ])
        bases = try names.split(separator: "\n").sorted().map { try Data(contentsOf: folder.appending(path: $0)) }
        try FileManager.default.removeItem(at: folder)
    }

    /// The first marker segment of a JPEG (ITU T.81, B.1.1.3) is followed by a comment.
    private func photo(_ number: Int) -> Data {
        let base = bases[number % bases.count]
        let comment = Array("photo \(number)".utf8)
        return base.prefix(2) + [0xFF, 0xFE, 0, UInt8(comment.count + 2)] + comment + base.dropFirst(2)
    }
}
