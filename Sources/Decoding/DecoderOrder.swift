package import Imaging
package import Model

/// What the agent asks of a decoder: 64 bytes, with the descriptors of the main and of the memory for the picture.
package struct DecoderOrder: Hashable, Sendable {
    package enum Kind: UInt8, Sendable {
        /// The picture of the main.
        case decode = 1
        /// Which walls hold. Comes without descriptors.
        case walls = 2
    }

    package var kind: Kind
    package var type: ImageType
    /// Bytes of the main.
    package var size: Int
    package var edge: Int
    /// Bytes of the memory for the answer.
    package var room: Int
    /// The limits that a decoder looks at; all others are the defaults.
    package var limits: ImagingLimits

    package init(
        _ kind: Kind, type: ImageType = .other, size: Int = 0, edge: Int = 1, room: Int = 0,
        limits: ImagingLimits = ImagingLimits()
    ) {
        (self.kind, self.type, self.size, self.edge) = (kind, type, size, edge)
        (self.room, self.limits) = (room, limits)
    }

    /// Bytes of every order.
    package static let length = 64
    private static let mark = Array("MSo1".utf8)

    package var bytes: [UInt8] {
        var bytes = Self.mark + [kind.rawValue, 0, 0, 0]
        bytes += type.rawValue.utf8
        bytes += [UInt8](repeating: 0, count: 24 - bytes.count)
        bytes.append(size, size: 7)
        bytes.append(0, size: 1)
        bytes.append(edge, size: 4)
        bytes.append(limits.pixels, size: 6)
        bytes.append(room, size: 6)
        bytes.append(limits.metadataBytes, size: 4)
        bytes.append(limits.profileBytes, size: 4)
        return bytes + [UInt8](repeating: 0, count: Self.length - bytes.count)
    }

    /// Nil for what is no order.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length, bytes.starts(with: Self.mark), let kind = Kind(rawValue: bytes[4]) else {
            return nil
        }
        let word = String(decoding: bytes[8..<24].prefix { $0 != 0 }, as: UTF8.self)
        guard let type = ImageType(rawValue: word) else { return nil }
        var limits = ImagingLimits()
        limits.pixels = bytes.number(at: 36, size: 6)
        limits.metadataBytes = bytes.number(at: 48, size: 4)
        limits.profileBytes = bytes.number(at: 52, size: 4)
        self.init(
            kind, type: type, size: bytes.number(at: 24, size: 7), edge: bytes.number(at: 32, size: 4),
            room: bytes.number(at: 42, size: 6), limits: limits)
    }
}
