import Model

/// Tells files that are still being written from those that stand still.
///
/// A file has settled when its size, mtime and ctime have not moved for the settling time, by what its own times say
/// or by what was seen before. The second needs no agreement of clocks: the times of a file may come from a server, or
/// from before this machine's clock was set.
public struct SettlingRule: Sendable {
    private let nanoseconds: Int64
    private let earlier: [RelativePath: UnsettledFile]

    /// - Parameters:
    ///   - time: how long a file must stand still.
    ///   - earlier: what the last comparison said about files not settled then.
    public init(time: Duration, earlier: [UnsettledFile] = []) {
        let (seconds, attoseconds) = time.components
        nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        self.earlier = Dictionary(earlier.map { ($0.file.path, $0) }) { _, last in last }
    }

    /// nil when the file has settled; otherwise since when it stands still, and when to look again.
    func waiting(_ file: FoundFile, now: Int64) -> UnsettledFile? {
        let moved = max(file.identity.mtime, file.ctime)
        // A time in the future says nothing; only what was seen counts then.
        var since = moved <= now ? moved : now
        if let before = earlier[file.path], before.file == file, before.since <= now {
            since = min(since, before.since)
        }
        let (end, overflow) = since.addingReportingOverflow(nanoseconds)
        return overflow || end > now
            ? UnsettledFile(file: file, since: since, lookAgain: overflow ? .max : end) : nil
    }
}
