/// Tags of TIFF 6.0 and EXIF 2.3 that matter here.
enum TIFFTag {
    static let subfileType: UInt16 = 0x00FE
    static let imageWidth: UInt16 = 0x0100
    static let imageHeight: UInt16 = 0x0101
    static let make: UInt16 = 0x010F
    static let model: UInt16 = 0x0110
    static let orientation: UInt16 = 0x0112
    static let dateTime: UInt16 = 0x0132
    static let subDirectories: UInt16 = 0x014A
    static let compression: UInt16 = 0x0103
    static let photometric: UInt16 = 0x0106
    static let stripOffsets: UInt16 = 0x0111
    static let stripLengths: UInt16 = 0x0117
    static let jpegOffset: UInt16 = 0x0201
    static let jpegLength: UInt16 = 0x0202
    static let xmp: UInt16 = 0x02BC
    static let dngVersion: UInt16 = 0xC612
    /// Of Panasonic's first directory.
    static let panasonicJPEG: UInt16 = 0x002E
    /// In place of 42.
    static let panasonic = 0x55
    /// Of Olympus's maker note: the settings, and in these where the preview lies.
    static let olympusSettings: UInt16 = 0x2020
    static let olympusPreviewStart: UInt16 = 0x0101
    static let olympusPreviewLength: UInt16 = 0x0102
    static let exifDirectory: UInt16 = 0x8769
    static let gpsDirectory: UInt16 = 0x8825
    static let exifVersion: UInt16 = 0x9000
    static let dateTimeOriginal: UInt16 = 0x9003
    static let dateTimeDigitized: UInt16 = 0x9004
    /// The zones of DateTime, DateTimeOriginal and DateTimeDigitized.
    static let offsetTime: UInt16 = 0x9010
    static let offsetTimeOriginal: UInt16 = 0x9011
    static let offsetTimeDigitized: UInt16 = 0x9012
    static let makerNote: UInt16 = 0x927C
    static let pixelXDimension: UInt16 = 0xA002
    static let pixelYDimension: UInt16 = 0xA003
    static let interoperabilityDirectory: UInt16 = 0xA005
    /// Of the directory of GPS.
    static let latitudeReference: UInt16 = 1
    static let latitude: UInt16 = 2
    static let longitudeReference: UInt16 = 3
    static let longitude: UInt16 = 4

    /// What file info has of a picture: how it is turned and when it was taken.
    static let facts: Set<UInt16> = [orientation, dateTime, dateTimeOriginal, dateTimeDigitized]

    /// What `why` tells beside that and the place: the zone, and the camera.
    static let told: Set<UInt16> = [offsetTime, offsetTimeOriginal, offsetTimeDigitized, make, model]

    /// What says where pixels or further directories of the block lie: StripOffsets, StripByteCounts, TileOffsets,
    /// TileByteCounts, SubIFDs, JPEGInterchangeFormat and its length. Without them those are not reachable any more.
    static let references: Set<UInt16> = [0x0111, 0x0117, 0x0144, 0x0145, 0x014A, 0x0201, 0x0202]
}
