@testable import Imaging

/// Makes the boxes of films. No picture is in them.
struct TestFilm {
    var brand = "qt  "
    /// In 600ths of a second.
    var length = 1_500
    /// Seconds since 1904.
    var created = 0
    var isLong = false
    /// Four of the nine numbers of the matrix: a, b, c, d.
    var matrix = [1, 0, 0, 1]
    var width = 1_920
    var height = 1_080
    /// Apple's key.
    var creationDate: String?
    /// Whether the box `meta` is a full one.
    var hasFullMetadata = false
    var day: String?
    /// Apple's other keys, in order.
    var keys: [(name: String, value: String)] = []
    /// Texts beside the day, each under four bytes.
    var texts: [(name: [UInt8], value: String)] = []
    var isMovieFirst = false
    var media: [UInt8] = [1, 2, 3]

    func file() -> [UInt8] {
        let movie = TestBoxes.box("moov", header() + track(0, 0) + track(width, height) + metadata() + userData())
        let media = TestBoxes.box("wide", []) + TestBoxes.box("mdat", media)
        return TestBoxes.box("ftyp", Array((brand + "\0\0\0\0" + brand).utf8))
            + (isMovieFirst ? movie + media : media + movie)
    }

    /// All of it behind `mdat`, whose length is said to be that of a large film.
    static func head(mediaBytes: Int) -> [UInt8] {
        TestBoxes.box("ftyp", Array("isom\0\0\0\0isom".utf8)) + TestBoxes.big(1, 4) + Array("mdat".utf8)
            + TestBoxes.big(mediaBytes + 16, 8)
    }

    func movie() -> [UInt8] { TestBoxes.box("moov", header() + track(width, height) + metadata()) }

    private func header() -> [UInt8] {
        let big = TestBoxes.big
        let times =
            isLong
            ? big(created, 8) + big(created, 8) + big(600, 4) + big(length, 8)
            : big(created, 4) + big(created, 4) + big(600, 4) + big(length, 4)
        return TestBoxes.full("mvhd", version: isLong ? 1 : 0, times + [UInt8](repeating: 0, count: 80))
    }

    private func track(_ width: Int, _ height: Int) -> [UInt8] {
        let big = TestBoxes.big
        let numbers = [matrix[0], matrix[1], 0, matrix[2], matrix[3], 0, 0, 0, 1 << 14].flatMap { big($0 << 16, 4) }
        let times = [UInt8](repeating: 0, count: isLong ? 32 : 20)
        return TestBoxes.box(
            "trak",
            TestBoxes.full(
                "tkhd", version: isLong ? 1 : 0,
                times + [UInt8](repeating: 0, count: 16) + numbers + big(width << 16, 4) + big(height << 16, 4)))
    }

    private func metadata() -> [UInt8] {
        let all = keys + (creationDate.map { [("com.apple.quicktime.creationdate", $0)] } ?? [])
        if all.isEmpty { return [] }
        let values = all.enumerated().map { index, key in
            let data = TestBoxes.box("data", [0, 0, 0, 1, 0, 0, 0, 0] + Array(key.value.utf8))
            return TestBoxes.big(data.count + 8, 4) + TestBoxes.big(index + 2, 4) + data
        }
        let names = ["com.apple.quicktime.software"] + all.map(\.name)
        let content =
            TestBoxes.full("hdlr", [0, 0, 0, 0] + Array("mdta".utf8) + [UInt8](repeating: 0, count: 13))
            + TestBoxes.full(
                "keys", TestBoxes.big(names.count, 4) + names.flatMap { TestBoxes.box("mdta", Array($0.utf8)) })
            + TestBoxes.box("ilst", TestBoxes.box("\0\0\0\u{1}", []) + values.joined())
        return hasFullMetadata ? TestBoxes.full("meta", content) : TestBoxes.box("meta", content)
    }

    private func userData() -> [UInt8] {
        let all = texts + (day.map { [(Array("\u{A9}day".unicodeScalars.map { UInt8($0.value) }), $0)] } ?? [])
        let boxes = all.map { name, value in
            let text = TestBoxes.big(value.utf8.count, 2) + [0x15, 0xC7] + Array(value.utf8)
            return TestBoxes.big(text.count + 8, 4) + name + text
        }
        return all.isEmpty ? [] : TestBoxes.box("udta", Array(boxes.joined()))
    }
}
