import Model
import Simulation

/// The images that there ever were, by their ids: a small one is taken as it is instead of a reduced copy.
struct Album: Sendable {
    private(set) var numbers: [ImageID: Int] = [:]
    private var small: Set<ImageID> = []

    mutating func make(small isSmall: Bool, _ dice: inout Dice) -> ImageID {
        let words = (0..<4).map { _ in dice.next() }
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        guard let bytes = Bytes32(bytes) else { preconditionFailure("32 bytes") }
        let image = ImageID(bytes)
        numbers[image] = numbers.count + 1
        if isSmall { small.insert(image) }
        return image
    }

    func bytes(of image: ImageID) -> Int64 {
        (small.contains(image) ? 100_000 : 3_000_000) + Int64(numbers[image] ?? 0)
    }

    /// What people would call it.
    func tell(_ image: ImageID) -> String { "#\(numbers[image] ?? 0)" }
}
