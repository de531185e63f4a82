// What libFuzzer calls: one program for all targets, each under its own name in .build/fuzz (see Tests/Fuzz/run).
//
// A target reads bytes that a peer, or a photo, could have sent. It ends in one of three ways: it comes back, whatever the
// bytes are; it traps, which is a fault of the parser; or `must` finds that what was read is not what it has to be.

/// What each target reads, by its name.
private let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "announcement": readAnnouncement, "attributes": readAttributes, "body": readBody, "certificate": readCertificate,
    "chunks": readContainer, "exif": readExif, "film": readContainer, "head": readHead, "heif": readHEIF,
    "invitation": readInvitation, "iptc": readIPTC, "jpeg": readJPEG, "lines": readLines, "mains": readMains,
    "path": readPath, "photo": readPhoto, "png": readPNG, "query": readQuery, "raw": readRAW, "recipe": readRecipe,
    "record": readRecord, "reduce": reduce, "render": render, "tiff": readTIFF, "webp": readWebP, "xmp": readXMP,
]

private let target: @Sendable ([UInt8]) -> Void = {
    let name = CommandLine.arguments[0].split(separator: "/").last.map(String.init) ?? ""
    guard let target = targets[name] else { fatalError("no target is called '\(name)'") }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// Ends the program, for libFuzzer to keep the input, where something does not hold that has to.
func must(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { fatalError(what()) }
}

/// The bytes in pieces of this size, as they could come from a network or a disk.
func pieces(of bytes: [UInt8], _ size: Int) -> [ArraySlice<UInt8>] {
    stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
}
