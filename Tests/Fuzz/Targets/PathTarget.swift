import Model

/// A path as a peer or the kernel gives it.
@Sendable func readPath(_ bytes: [UInt8]) {
    guard let path = try? RelativePath(bytes: bytes) else { return }
    must(Array(path.description.utf8) == bytes, "a path is not the bytes that it was read from")
    checkPath(path)

    let names = [
        path.reduced, path.edited(1), path.edited(12, isPNG: true),
        path.disambiguated(by: "N\u{E4}he/\u{7}", attempt: 2),
    ]
    for other in names { checkComponents(other) }
    let ending = RelativePath.reducedSuffix.utf8
    must(path.reduced.name.utf8.suffix(ending.count).elementsEqual(ending), "a reduced copy is not called so")
    if path.name.utf8.count + RelativePath.reducedSuffix.utf8.count <= RelativePath.longestComponent {
        must(path.reduced.mainOfReduced == path, "a reduced copy's name does not lead back")
    }
    for base in path.disambiguationBases { checkPath(base) }
    must(path.folder.map(path.isWithin) ?? true, "a path is not within its folder")
    must((try? path.replacingName(with: path.name)) == path, "a path is not its folder and its name")

    guard path.refusalFromPeer == nil else { return }
    let name = Array(path.name.utf8)
    must(path.description.utf8.count { $0 == UInt8(ascii: "/") } <= RelativePath.deepest, "a path is too deep")
    for ending in [".sh", ".exe", ".desktop", ".html"] {
        let last = name.suffix(ending.utf8.count).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        must(!last.elementsEqual(ending.utf8), "a name that a desktop runs is taken from a peer")
    }
}

/// The rules of paths, written a second time.
func checkPath(_ path: RelativePath) {
    must(path.description.utf8.count <= RelativePath.longest, "a path is too long")
    checkComponents(path)
}

private func checkComponents(_ path: RelativePath) {
    let components = Array(path.description.utf8).split(
        separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for component in components {
        must((1...RelativePath.longestComponent).contains(component.count), "a path has an empty or a too long name")
        must(component.first != UInt8(ascii: "."), "a path has a hidden name, or one that leads up")
    }
    let hasControls = path.description.unicodeScalars.contains { $0.properties.generalCategory == .control }
    must(!hasControls, "a path has a control character")
}
