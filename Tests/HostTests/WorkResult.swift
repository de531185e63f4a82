import Foundation
import TestSupport

/// What a verb that works on images told with `--json`.
struct WorkResult: Sendable {
    struct Image: Decodable, Sendable {
        var path: String
        var outcome: String
        var bytes: Int64
        var reason: String?
    }

    struct Done: Decodable, Sendable {
        var images: Int
        var others: Int
        var bytes: Int64
        var wanted: Int64?
        var available: Int64?
        var tryAgain: Bool
    }

    private struct Message: Decodable {
        var image: Image?
        var done: Done?
    }

    let status: Int32
    let err: String
    /// One for each image.
    var images: [Image] = []
    /// The last line.
    var done: Done?

    init(_ result: HostResult) {
        status = result.status
        err = result.err
        for line in result.out.split(separator: "\n") {
            guard let message = try? JSONDecoder().decode(Message.self, from: Data(line.utf8)) else { continue }
            if let image = message.image { images.append(image) }
            done = message.done ?? done
        }
    }

    /// The images with an outcome, by path.
    func paths(_ outcome: String) -> Set<String> { Set(images.filter { $0.outcome == outcome }.map(\.path)) }
}
