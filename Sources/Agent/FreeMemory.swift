import CLinux

/// What the agent does with memory that it has freed: it keeps that while there is work, because taking a page from the
/// kernel costs more than most of what is done in it, and gives it back when the work is over.
enum FreeMemory {
    /// Bytes that each of malloc's arenas may keep, and the size from which a block is a mapping of its own.
    private static let kept: Int32 = 32 << 20
    /// How long nothing must have happened.
    private static let rest: Duration = .seconds(5)

    /// Gives memory back whenever nothing has happened for a while, until the task is cancelled.
    ///
    /// - Parameter events: tells whenever something happens.
    static func run(_ events: Status) async {
        mallopt(MAINSTAY_M_TRIM_THRESHOLD, kept)
        mallopt(MAINSTAY_M_MMAP_THRESHOLD, kept)
        while !Task.isCancelled {
            var edition: UInt64
            repeat {
                edition = events.edition
                try? await ContinuousClock().sleep(for: rest)
            } while events.edition != edition && !Task.isCancelled
            malloc_trim(0)
            await events.wait(past: edition)
        }
    }
}
