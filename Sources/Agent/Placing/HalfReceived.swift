import Model
import Synchronization

/// Images of which a main has come in part, or whole and could not be placed. The part is gone on with as long as the
/// image is wanted, and removed when it is not. In memory only: at the next start the disk tells.
final class HalfReceived: Sendable {
    private let state = Mutex<Set<ImageID>>([])

    /// All of them.
    var images: Set<ImageID> { state.withLock { $0 } }

    func add(_ images: some Sequence<ImageID>) { state.withLock { $0.formUnion(images) } }

    func add(_ image: ImageID) { add(CollectionOfOne(image)) }

    /// Nothing of it is left.
    func remove(_ image: ImageID) { state.withLock { _ = $0.remove(image) } }

    /// Those of `images` that are among them.
    func among(_ images: [ImageID]) -> [ImageID] {
        state.withLock { all in all.isEmpty ? [] : images.filter(all.contains) }
    }
}
