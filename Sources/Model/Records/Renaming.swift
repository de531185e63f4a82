/// What a person did by giving a file another name: all files of a folder that was moved or renamed tell of one act.
public struct Renaming: Hashable, Sendable {
    private let old: [UInt8]
    private let new: [UInt8]

    /// From the names of one file before and after: without the end that they have in common, component by component.
    public init(from old: RelativePath, to new: RelativePath) {
        let slash = UInt8(ascii: "/")
        var (before, after) = (Array(old.description.utf8), Array(new.description.utf8))
        while let last = before.split(separator: slash).last, after.split(separator: slash).last == last {
            before.removeLast(min(last.count + 1, before.count))
            after.removeLast(min(last.count + 1, after.count))
        }
        (self.old, self.new) = (before, after)
    }
}
