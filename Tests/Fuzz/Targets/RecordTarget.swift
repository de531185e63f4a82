import Foundation

@testable import Model
@testable import PeerProtocol

/// A line of a peer's list of records.
@Sendable func readRecord(_ line: [UInt8]) {
    compareReaders(line)
    let received = ReceivedRecord(.whole(line))
    guard let record = try? Record(line: line) else {
        if case .success = received.content { fatalError("a refused line was received as a record") }
        return
    }
    must((1...Record.highestSequence).contains(record.sequence), "a sequence number is out of its range")
    switch record.content {
    case .file(let info): checkPath(info.path)
    case .deletion(let deletion): checkPath(deletion.path)
    case .edit(let edit):
        checkPath(edit.path)
        checkRecipe(edit.recipe)
    }
    let written = record.line
    must(written.count <= Record.longestLine, "a record was written as a line that is too long")
    guard let again = try? Record(line: written) else { fatalError("a record's own line is refused") }
    var expected = record
    if case .file(var info) = record.content, again != record {
        // Those for which the line has no room.
        info.attributes = info.attributes?.plain
        expected = Record(sequence: record.sequence, info: info)
    }
    must(again == expected, "a record was read back as another")
    must(again.line == written, "a record read back is written otherwise")
}

/// What the quick reader takes, the general one reads as the same.
private func compareReaders(_ line: [UInt8]) {
    guard let quick = line.withUnsafeBufferPointer({ RawFile(asWritten: $0) }) else { return }
    guard let general = try? JSONDecoder().decode(RawFile.self, from: Data(line)) else {
        fatalError("the quick reader takes a line that is no JSON of a record")
    }
    must(quick.seq == general.seq, "the two readers differ about the number")
    let (first, second) = (content(quick), content(general))
    must(first.content == second.content && first.fault == second.fault, "the two readers differ about a record")
}

private func content(_ raw: RawFile) -> (content: Record.Content?, fault: String?) {
    do throws(RawFault) {
        return (try raw.content(), nil)
    } catch {
        return (nil, error.reason)
    }
}

/// What a catalogue keeps of a main beside its bytes; its records must carry it too.
@Sendable func readAttributes(_ bytes: [UInt8]) {
    guard let attributes = FileAttributes(bytes: bytes) else { return }
    must(attributes.mode & 0o666 | 0o600 == attributes.mode, "a file can be run, or not be read by its owner")
    must(attributes.extended.count <= FileAttributes.mostExtended, "there are too many extended attributes")
    let again = FileAttributes(bytes: attributes.bytes)
    must(again == attributes && again?.bytes == attributes.bytes, "attributes were read back as others")

    guard let path = try? RelativePath("a.jpg"), let image = ImageID(String(repeating: "a", count: 64)) else {
        fatalError("these are right")
    }
    let record = Record(
        sequence: 1,
        info: FileInfo(
            path: path, image: image, form: .main, bytes: 1, mainBytes: 1, type: .jpeg, attributes: attributes))
    let read = try? Record(line: record.line)
    must(
        read?.info?.attributes == attributes || read?.info?.attributes == attributes.plain,
        "a record carries other attributes")
}
