import Foundation

/// When a picture was taken, by the camera's own clock and zone, which the file does not tell: written as ISO 8601
/// without a zone, `2026-05-01T12:00:00`.
enum CameraTime {
    /// The text of `seconds` since 1970 of the camera's clock.
    static func text(_ seconds: Int64) -> String {
        String(Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601).dropLast())
    }

    /// The seconds that `text` writes; nil when it is not such a text.
    static func seconds(_ text: String) -> Int64? {
        (try? Date(text + "Z", strategy: .iso8601)).map { Int64($0.timeIntervalSince1970) }
    }
}
