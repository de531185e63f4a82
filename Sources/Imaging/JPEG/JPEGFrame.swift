/// The frame header of a JPEG (ISO/IEC 10918-1, B.2.2): its kind, size and components.
struct JPEGFrame: Hashable, Sendable {
    /// A colour component and how finely it is sampled, 1 to 4 each way.
    struct Component: Hashable, Sendable {
        var horizontal: Int
        var vertical: Int
    }

    /// SOF0 to SOF15.
    var marker: UInt8
    /// Bits a sample.
    var precision: Int
    /// As stored, 0 to 65,535.
    var width: Int
    /// As stored, 0 to 65,535; 0 when it only comes after the first scan.
    var height: Int
    var components: [Component]

    /// Reads the payload of a SOF segment; nil when it is too short for what it says.
    init?(marker: UInt8, payload: Span<UInt8>) {
        guard payload.count >= 6, let height = payload.short(at: 1), let width = payload.short(at: 3) else {
            return nil
        }
        let count = Int(payload[5])
        guard count > 0, payload.count >= 6 + 3 * count else { return nil }
        self.marker = marker
        self.precision = Int(payload[0])
        self.width = width
        self.height = height
        components = (0..<count).map { index in
            let factors = payload[7 + 3 * index]
            return Component(horizontal: Int(factors >> 4), vertical: Int(factors & 15))
        }
    }

    /// Whether the entropy coder is the arithmetic one.
    var isArithmetic: Bool { marker >= 0xC9 }

    /// Whether the picture comes in passes of growing detail.
    var isProgressive: Bool { marker == 0xC2 || marker == 0xCA }

    /// Number of 8×8 blocks in all components together, as padded to whole blocks.
    var blocks: Int {
        let widest = max(1, components.map(\.horizontal).max() ?? 1)
        let highest = max(1, components.map(\.vertical).max() ?? 1)
        return components.reduce(0) { sum, component in
            let across = (width * component.horizontal + 8 * widest - 1) / (8 * widest)
            let down = (height * component.vertical + 8 * highest - 1) / (8 * highest)
            return sum + across * down
        }
    }

    /// The usual subsampling that these factors write in the usual way; nil for all others.
    var subsampling: ChromaSubsampling? {
        let pairs = components.map { [$0.horizontal, $0.vertical] }
        if pairs == [[1, 1]] { return .grey }
        guard pairs.count == 3, pairs[1] == [1, 1], pairs[2] == [1, 1] else { return nil }
        return switch pairs[0] {
        case [1, 1]: .s444
        case [2, 1]: .s422
        case [2, 2]: .s420
        case [1, 2]: .s440
        case [4, 1]: .s411
        default: nil
        }
    }
}
