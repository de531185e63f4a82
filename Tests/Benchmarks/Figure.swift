import Foundation

/// One measured figure: the median of several, and how far they lie apart.
struct Figure: Encodable {
    var name: String
    var median: Double
    var least: Double
    var most: Double
    var unit: String
    /// What it is to be, where there is a target, and whether it is.
    var target: Target?
    var isMet: Bool?

    /// What a figure is to be.
    enum Target: Encodable, CustomStringConvertible {
        case atMost(Double)
        case atLeast(Double)

        func isMet(by value: Double) -> Bool {
            switch self {
            case .atMost(let bound): value <= bound
            case .atLeast(let bound): value >= bound
            }
        }

        var description: String {
            switch self {
            case .atMost(let bound): "≤ \(Figure.text(bound))"
            case .atLeast(let bound): "≥ \(Figure.text(bound))"
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(description)
        }
    }

    init(_ name: String, _ values: [Double], _ unit: String, _ target: Target? = nil) {
        let sorted = values.sorted()
        self.name = name
        median = sorted.isEmpty ? .nan : sorted[sorted.count / 2]
        least = sorted.first ?? .nan
        most = sorted.last ?? .nan
        self.unit = unit
        self.target = target
        isMet = target?.isMet(by: median)
    }

    static let header = Self.columns("WHAT", "MEDIAN", "LEAST–MOST", "TARGET", "")

    /// A line of the table, of 80 columns where the name is no longer than it should be.
    var row: String {
        let range = least == most ? "" : "\(Self.text(least))–\(Self.text(most))"
        let verdict = isMet.map { $0 ? "met" : "missed" } ?? ""
        return Self.columns(name, "\(Self.text(median)) \(unit)", range, target?.description ?? "", verdict)
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            // No number where nothing could be measured.
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// Three digits that count.
    private static func text(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        if value >= 100 || value == value.rounded() { return value.formatted(.number.precision(.fractionLength(0))) }
        return String(format: value >= 10 ? "%.1f" : "%.2f", value)
    }

    private static func columns(
        _ name: String, _ median: String, _ range: String, _ target: String, _ verdict: String
    ) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(1, width - text.count)) + text
        }
        let line =
            name.padding(toLength: max(36, name.count), withPad: " ", startingAt: 0)
            + right(median, 12) + right(range, 14) + right(target, 10) + "  " + verdict
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}

/// Seconds that `body` takes.
func seconds(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start) / .seconds(1)
}
