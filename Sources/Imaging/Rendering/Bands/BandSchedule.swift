/// What the threads that work on one picture do next.
///
/// Rows are read in order, bands are developed in any, and written in order; reading and writing are each for one thread
/// at a time. Source rows lie in a ring, of which none is overwritten that an unfinished band needs. A value: no locks.
struct BandSchedule {
    /// What one thread is to do.
    enum Action: Hashable {
        /// Decode these source rows.
        case read(Range<Int>)
        /// Develop this band.
        case develop(Int)
        /// Encode this band.
        case write(Int)
        /// Nothing can be done before another thread has finished something.
        case wait
        /// All is done.
        case stop
    }

    /// The source rows that each band needs; neither end ever moves up from one band to the next.
    private let needs: [Range<Int>]
    /// Source rows that are kept.
    let ring: Int
    /// Developed bands that are kept until they are written.
    let slots: Int
    /// Rows that are read at once.
    private let chunk: Int
    /// Source rows that any band needs.
    private let last: Int

    private var read = 0
    private var isReading = false
    private var begun = 0
    private var finished: [Bool]
    /// The first band that is not developed.
    private var firstUnfinished = 0
    private var written = 0
    private var isWriting = false

    /// - Parameter threads: that will ask.
    init(needs: [Range<Int>], threads: Int, chunk: Int) {
        self.needs = needs
        self.chunk = chunk
        slots = threads + 2
        // As much as the bands in work at once span, and what is read meanwhile.
        let span = needs.indices.map { needs[min($0 + threads, needs.count - 1)].upperBound - needs[$0].lowerBound }
        ring = (span.max() ?? 0) + 2 * chunk
        last = needs.last?.upperBound ?? 0
        finished = [Bool](repeating: false, count: needs.count)
    }

    /// What the thread that asks is to do. Its end is to be told.
    mutating func next() -> Action {
        if written == needs.count { return .stop }
        if !isWriting, written < firstUnfinished || finished[written] {
            isWriting = true
            return .write(written)
        }
        let rows = read..<min(read + chunk, last)
        let oldest = firstUnfinished < needs.count ? needs[firstUnfinished].lowerBound : last
        if !isReading, !rows.isEmpty, rows.upperBound - min(oldest, read) <= ring {
            isReading = true
            return .read(rows)
        }
        if begun < needs.count, read >= needs[begun].upperBound, begun < written + slots {
            begun += 1
            return .develop(begun - 1)
        }
        return .wait
    }

    /// Tells that an action came to its end.
    mutating func finish(_ action: Action) {
        switch action {
        case .read(let rows):
            read = rows.upperBound
            isReading = false
        case .develop(let band):
            finished[band] = true
            while firstUnfinished < needs.count, finished[firstUnfinished] { firstUnfinished += 1 }
        case .write:
            written += 1
            isWriting = false
        case .wait, .stop: break
        }
    }
}
