import Synchronization

/// The numbers of the pictures that are still to be made, for several threads.
final class PictureQueue: Sendable {
    private let count: Int
    private let taken = Atomic(0)

    init(count: Int) { self.count = count }

    /// The next number from 0 on; nil when there are no more.
    func next() -> Int? {
        let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }
}
