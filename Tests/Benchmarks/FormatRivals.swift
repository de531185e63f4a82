import Foundation

/// Another program that makes small pictures of others, on one core.
struct FormatRival: Sendable {
    let name: String
    /// Whether it is made for films.
    let isForFilms: Bool
    /// What it is told, where IN is the main and OUT the copy.
    private let arguments: [String]
    private let environment: [String: String]

    var isInstalled: Bool { BenchmarkProcess.find(name) != nil }
    var isVips: Bool { name == "vipsthumbnail" }

    fileprivate init(
        _ name: String, _ arguments: [String], isForFilms: Bool = false, environment: [String: String] = [:]
    ) {
        (self.name, self.arguments, self.isForFilms, self.environment) = (name, arguments, isForFilms, environment)
    }

    /// Whether it can read this file.
    func reads(_ file: FormatFile, _ folder: URL) throws -> Bool {
        guard file.isFilm == isForFilms else { return false }
        return (try? run(file.file, folder)) != nil
    }

    func run(_ main: URL, _ folder: URL, as number: String = "0") throws {
        guard let program = BenchmarkProcess.find(name) else { return }
        let copy = folder.appending(path: "rival-\(number).jpg").path
        let words = arguments.map {
            $0.replacingOccurrences(of: "IN", with: main.path).replacingOccurrences(of: "OUT", with: copy)
        }
        try BenchmarkProcess.run(program, words, environment: environment)
    }
}

enum FormatRivals {
    private static let (edge, quality) = ("\(FormatFile.edge)", "\(FormatFile.quality)")

    static let all = [
        FormatRival(
            "vipsthumbnail", ["--size", edge, "-o", "OUT[Q=\(quality)]", "IN"], environment: ["VIPS_CONCURRENCY": "1"]),
        // Of the picture itself, not of the small one that a camera has put beside it.
        FormatRival("heif-thumbnailer", ["-s", edge, "-p", "IN", "OUT"]),
        FormatRival("ffmpegthumbnailer", ["-s", edge, "-q", "9", "-i", "IN", "-o", "OUT"], isForFilms: true),
    ]
}
