import Model

/// Images and nodes by small numbers, and the ids that the code under test knows them by.
enum Names {
    /// Images in one run at most.
    static let most = 512

    static let images: [ImageID] = (0..<most).map { ImageID(bytes(UInt64($0), salt: 1)) }
    static let nodes: [NodeID] = (0..<people.count).map { NodeID(bytes(UInt64($0), salt: 2)) }
    /// What the nodes are called in a story.
    static let people = ["ada", "bob", "cleo", "dan", "eve", "fay"]

    private static let numbers: [ImageID: Int] = Dictionary(uniqueKeysWithValues: zip(images, 0..<most))
    private static let nodeNumbers: [NodeID: Int] = Dictionary(uniqueKeysWithValues: zip(nodes, 0..<people.count))

    /// The number of an image; nil for an id that a lying peer made up.
    static func number(_ image: ImageID) -> Int? { numbers[image] }

    static func number(_ node: NodeID) -> Int? { nodeNumbers[node] }

    /// Thirty-two bytes that stand in for a SHA-256: different words, different bytes.
    static func bytes(_ word: UInt64, salt: UInt64) -> Bytes32 {
        let (a, b) = (Dice.mix(word &* 4 &+ salt &+ 1), Dice.mix(word ^ salt &* 0x9E37_79B9_7F4A_7C15))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for part in [a, b, word, salt] {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: part >> UInt64(shift)))
            }
        }
        guard let result = Bytes32(bytes) else { preconditionFailure("four words are 32 bytes") }
        return result
    }

    /// What a node answers to a question with `nonce` about a file with `content`: stands in for the SHA-256 of both.
    static func proof(nonce: Bytes32, of content: Content) -> Bytes32 {
        var sum: UInt64 = 0
        for byte in nonce.bytes { sum = Dice.mix(sum &+ UInt64(byte)) }
        switch content {
        case .main(let image): return bytes(sum &+ UInt64(image), salt: 11)
        case .reduced(let image, let edge): return bytes(sum &+ UInt64(image), salt: UInt64(12 + edge))
        case .half(let image): return bytes(sum &+ UInt64(image), salt: 9)
        case .mixed, .torn: return bytes(sum, salt: 10)
        }
    }

    /// A path that is known to be valid.
    static func path(_ text: String) -> RelativePath {
        do { return try RelativePath(text) } catch { preconditionFailure("'\(text)' \(error)") }
    }
}

/// What the bytes of a file are.
enum Content: Hashable {
    /// All bytes of the image with this number. A main whose bytes rotted is another image: that is what makes it rot.
    case main(Int)
    /// A reduced copy, which names its image and its edge inside the file.
    case reduced(Int, edge: Int)
    /// The first half of a main, not come whole yet.
    case half(Int)
    /// Two halves that do not belong together.
    case mixed
    /// What a power cut left of a file that was not synced.
    case torn
}

/// What tells, without reading it, that a file is the one that was read before.
struct Stamp: Hashable {
    var bytes: Int64
    var modified: Int
    var inode: Int
}
