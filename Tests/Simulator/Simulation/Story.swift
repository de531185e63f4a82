/// What happened in one run, for a person to read.
public final class Story {
    private(set) public var lines: [String] = []

    public init() {}

    func add(_ line: String, at now: Int) {
        let days = now / 86_400_000
        let seconds = now % 86_400_000 / 1000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        lines.append("day \(days) \(clock.joined(separator: ":"))  \(line)")
    }
}
