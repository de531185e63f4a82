import Foundation

/// The bytes copied and synced, on one disk.
struct CopyFloor: Transfer {
    let name = "cp and sync"

    func run(_ corpus: MainsCorpus, in folder: URL) async throws -> TransferTime {
        let start = Arrivals.now
        var cpu = try BenchmarkProcess.run(
            "/bin/cp",
            ["-a", folder.appending(path: "a").library.path + "/.", folder.appending(path: "b").library.path])
        cpu += try BenchmarkProcess.run("/bin/sync", ["-f", folder.path])
        return TransferTime(seconds: Arrivals.now - start, cpu: cpu)
    }
}

/// The bytes hashed once, by one process.
struct HashFloor: Transfer {
    let name = "SHA-256"
    let program: String

    func run(_ corpus: MainsCorpus, in folder: URL) async throws -> TransferTime {
        let start = Arrivals.now
        let cpu = try Self.hash(folder.appending(path: "a").library, program: program)
        return TransferTime(seconds: Arrivals.now - start, cpu: cpu)
    }

    /// - Returns: CPU seconds.
    @discardableResult
    static func hash(_ folder: URL, program: String) throws -> Double {
        try BenchmarkProcess.run(
            "/usr/bin/find", [folder.path, "-type", "f", "-exec", program, "dgst", "-sha256", "{}", "+"])
    }
}
