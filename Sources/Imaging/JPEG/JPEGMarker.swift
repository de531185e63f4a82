/// The marker codes of ISO/IEC 10918-1, table B.1, that matter here.
enum JPEGMarker {
    /// Codes below are reserved, but for TEM.
    static let firstFrame: UInt8 = 0xC0
    static let startOfImage: UInt8 = 0xD8
    static let endOfImage: UInt8 = 0xD9
    static let startOfScan: UInt8 = 0xDA
    static let restartInterval: UInt8 = 0xDD
    static let app0: UInt8 = 0xE0
    static let app1: UInt8 = 0xE1
    static let app2: UInt8 = 0xE2
    static let app13: UInt8 = 0xED
    static let app14: UInt8 = 0xEE

    /// Codes that no length and no payload follow: TEM, RST0 to RST7, SOI.
    static func standsAlone(_ code: UInt8) -> Bool { code == 0x01 || (0xD0...0xD8).contains(code) }

    /// SOF0 to SOF15; DHT, JPG and DAC lie between them.
    static func isFrame(_ code: UInt8) -> Bool {
        (0xC0...0xCF).contains(code) && code != 0xC4 && code != 0xC8 && code != 0xCC
    }

    /// APP0 to APP15 and COM.
    static func isMetadata(_ code: UInt8) -> Bool { (0xE0...0xEF).contains(code) || code == 0xFE }

    /// Bytes of a segment's payload.
    static let longestPayload = 65_533

    /// A segment as it stands in a file. The payload is at most ``longestPayload`` bytes long.
    static func segment(_ code: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count + 2
        precondition(length <= 0xFFFF)
        return [0xFF, code, UInt8(length >> 8), UInt8(length & 0xFF)] + payload
    }
}
