/// A folder that stays open for as long as anyone needs it.
final class OpenFolder: Sendable {
    private let folder: Descriptor

    init(_ folder: consuming Descriptor) { self.folder = folder }

    var number: Int32 { folder.number }
}
