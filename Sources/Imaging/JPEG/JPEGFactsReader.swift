import Model

/// The facts of a JPEG from its segments before the first scan, as they stream by.
struct JPEGFactsReader: Sendable {
    private enum State {
        /// Looking for the FF of the next marker.
        case between
        /// Behind an FF.
        case code
        /// Behind a code whose segment's length comes next; the first of its two bytes, once it was seen.
        case length(code: UInt8, high: UInt8?)
        /// Within a payload.
        case payload(code: UInt8, left: Int)
        /// Nothing more is wanted.
        case done
    }

    private var state = State.between
    /// The payload so far, where it is one that is read.
    private var payload: [UInt8] = []
    private var exif: ExifFacts?
    private var frame: JPEGFrame?
    private var marker: ReducedMarker?
    private var rendition: RenditionMarker?

    /// Whether all that is to be known is known.
    var isDone: Bool { if case .done = state { true } else { false } }

    /// Takes the next bytes of the file.
    mutating func consume(_ chunk: Span<UInt8>) {
        var offset = 0
        while offset < chunk.count {
            switch state {
            case .done:
                return
            case .between:
                guard let escape = chunk.firstOffset(of: 0xFF, from: offset) else { return }
                offset = escape + 1
                state = .code
            case .code:
                take(code: chunk[offset])
                offset += 1
            case .length(let code, nil):
                state = .length(code: code, high: chunk[offset])
                offset += 1
            case .length(let code, let high?):
                let length = Int(high) << 8 | Int(chunk[offset])
                offset += 1
                // A length counts its own two bytes.
                state = length < 2 ? .done : .payload(code: code, left: length - 2)
                if length == 2 { finishSegment(code) }
            case .payload(let code, let left):
                let part = min(left, chunk.count - offset)
                if Self.isRead(code) { payload += chunk.copy(offset..<offset + part) }
                offset += part
                state = .payload(code: code, left: left - part)
                if part == left { finishSegment(code) }
            }
        }
    }

    /// The facts so far.
    var facts: ImageFacts {
        var facts = ImageFacts(type: .jpeg, marker: marker, rendition: rendition)
        facts.orientation = exif?.orientation ?? 1
        facts.capture = exif?.capture ?? CaptureFacts()
        if let frame { facts.size = .upright(frame.width, frame.height, orientation: facts.orientation) }
        return facts
    }

    private static func isRead(_ code: UInt8) -> Bool { code == JPEGMarker.app1 || JPEGMarker.isFrame(code) }

    private mutating func take(code: UInt8) {
        if code == 0xFF { return }
        if code == 0 || JPEGMarker.standsAlone(code) {
            state = .between
        } else if code == JPEGMarker.endOfImage || code == JPEGMarker.startOfScan {
            state = .done
        } else {
            state = .length(code: code, high: nil)
        }
    }

    private mutating func finishSegment(_ code: UInt8) {
        state = .between
        if code == JPEGMarker.app1 {
            // The first EXIF that can be read counts, as for most programs.
            if exif == nil, payload.starts(with: "Exif\0\0".utf8) {
                exif = TIFFBlock(Array(payload[6...])).map(ExifFacts.init)
            } else {
                marker = marker ?? ReducedMarker(payload: payload.span)
                rendition = rendition ?? RenditionMarker(payload: payload.span)
            }
        } else if JPEGMarker.isFrame(code), frame == nil {
            frame = JPEGFrame(marker: code, payload: payload.span)
        }
        payload.removeAll(keepingCapacity: true)
    }
}
