import Foundation

/// One measured figure: the median of several, and how far they lie apart.
struct Figure: Encodable {
    var name: String
    var median: Double
    var least: Double
    var most: Double
    var unit: String
    /// What it is to be, where there is a target.
    var target: String?

    init(_ name: String, _ values: [Double], _ unit: String, target: String? = nil) {
        let sorted = values.sorted()
        self.name = name
        median = sorted.isEmpty ? .nan : sorted[sorted.count / 2]
        least = sorted.first ?? .nan
        most = sorted.last ?? .nan
        self.unit = unit
        self.target = target
    }

    static let header = Self.columns("WHAT", "MEDIAN", "LEAST", "MOST", "TARGET")

    var row: String {
        Self.columns(name, "\(Self.text(median)) \(unit)", Self.text(least), Self.text(most), target ?? "")
    }

    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }

    private static func text(_ value: Double) -> String {
        value >= 100 && value.isFinite ? String(Int(value.rounded())) : String(format: "%.2f", value)
    }

    private static func columns(_ name: String, _ rest: String...) -> String {
        name.padding(toLength: 44, withPad: " ", startingAt: 0)
            + rest.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
    }
}

/// Seconds that `body` takes.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start) / .seconds(1)
}
