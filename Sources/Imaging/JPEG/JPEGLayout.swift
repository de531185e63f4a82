/// Where things stand in a whole JPEG file. Found by walking its markers; nothing is decoded.
struct JPEGLayout {
    /// The payloads with EXIF or XMP, and those with parts of an ICC profile, before the first scan, in order, as
    /// offsets in the file. Others of their codes are not remembered.
    private(set) var exifAndXMP: [Range<Int>] = []
    private(set) var profileChunks: [Range<Int>] = []
    /// The payload of the first segment with Photoshop's image resources, in which IPTC stands.
    private(set) var imageResources: Range<Int>?
    /// Bytes of all metadata segments, those of other programs too.
    private(set) var metadataBytes = 0
    /// The first frame header; nil when there is none before the first scan.
    private(set) var frame: JPEGFrame?
    /// Scans up to the end marker.
    private(set) var scans = 0
    /// Components that the first scan codes.
    private(set) var firstScanComponents = 0
    /// Offset of the first scan's data.
    private(set) var dataStart = 0
    /// Offset of the first scan's marker.
    private(set) var scanStart = 0
    /// Offset behind the end marker; nil when the file ends before, or another one begins.
    private(set) var end: Int?
    /// Offset at which the data that can be decoded ends at the latest: that of the first marker which neither belongs
    /// into a scan nor begins the next one, or the file's end.
    private(set) var dataEnd: Int
    private var hasRestarts = false
    private var isEnded = false

    /// Segments of one kind that are remembered. An ICC profile has at most 255 chunks.
    private static let mostSegments = 255

    /// Walks `file`, which begins with a start marker, to its end marker. Stops where nothing can be made of it.
    init(_ file: Span<UInt8>) {
        dataEnd = file.count
        var offset = 2
        while let escape = file.firstOffset(of: 0xFF, from: offset) {
            // Any number of FF may stand before a code.
            var position = escape + 1
            while position < file.count, file[position] == 0xFF { position += 1 }
            guard position < file.count else { return }
            let code = file[position]
            offset = position + 1
            // The start of another picture: this one has no end marker.
            if code == JPEGMarker.startOfImage, scans > 0 {
                endData(at: escape)
                return
            }
            if code == 0 || JPEGMarker.standsAlone(code) { continue }
            if code == JPEGMarker.endOfImage {
                end = offset
                endData(at: offset)
                return
            }
            // A fault in the data. What comes behind is only found again by restart markers.
            if scans > 0, code < JPEGMarker.firstFrame {
                if !hasRestarts { endData(at: escape) }
                continue
            }
            guard let length = file.short(at: offset), length >= 2, offset + length <= file.count else {
                if scans > 0 { endData(at: escape) }
                return
            }
            if isComplete { endData(at: escape) }
            take(code, payload: offset + 2..<offset + length, of: file)
            offset += length
        }
    }

    /// The first EXIF that can be read, as for the inspector: both have to tell the same orientation.
    func exif(of file: Span<UInt8>) -> TIFFBlock? {
        for range in exifAndXMP where file.extracting(range).begins(with: "Exif\0\0") {
            if let block = TIFFBlock(file.copy(range.lowerBound + 6..<range.upperBound)) { return block }
        }
        return nil
    }

    /// The payload of the first segment with XMP.
    func xmp(of file: Span<UInt8>) -> [UInt8]? {
        let range = exifAndXMP.first { file.extracting($0).begins(with: "http://ns.adobe.com/xap/1.0/\0") }
        return range.map { file.copy($0) }
    }

    /// How far a decoder is to read the file.
    var readable: Range<Int> { 0..<(end ?? dataEnd) }

    /// Whether all components were in the first scan, at once and in full: what follows belongs to no picture.
    private var isComplete: Bool {
        guard let frame, scans > 0 else { return false }
        return !frame.isProgressive && firstScanComponents == frame.components.count
    }

    private mutating func endData(at offset: Int) {
        if !isEnded { dataEnd = offset }
        isEnded = true
    }

    private mutating func take(_ code: UInt8, payload: Range<Int>, of file: Span<UInt8>) {
        if code == JPEGMarker.startOfScan {
            if scans == 0 {
                firstScanComponents = payload.isEmpty ? 0 : Int(file[payload.lowerBound])
                dataStart = payload.upperBound
                scanStart = payload.lowerBound - 4
            }
            scans += 1
            return
        }
        if JPEGMarker.isMetadata(code) {
            metadataBytes += payload.count
            guard scans == 0 else { return }
            let content = file.extracting(payload)
            switch code {
            case JPEGMarker.app1 where exifAndXMP.count < Self.mostSegments:
                if content.begins(with: "Exif\0\0") || content.begins(with: "http://ns.adobe.com/xap/1.0/\0") {
                    exifAndXMP.append(payload)
                }
            case JPEGMarker.app2 where profileChunks.count < Self.mostSegments:
                if content.begins(with: "ICC_PROFILE\0") { profileChunks.append(payload) }
            case JPEGMarker.app13 where imageResources == nil:
                if content.begins(with: "Photoshop 3.0\0") { imageResources = payload }
            default: break
            }
        } else if code == JPEGMarker.restartInterval {
            hasRestarts = (file.short(at: payload.lowerBound) ?? 0) > 0
        } else if JPEGMarker.isFrame(code), frame == nil, scans == 0 {
            frame = JPEGFrame(marker: code, payload: file.extracting(payload))
        }
    }
}
