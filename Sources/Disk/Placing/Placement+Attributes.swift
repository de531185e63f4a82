public import Model

extension Placement {
    /// Has a file that stands there be this beside its bytes, as far as that goes, and makes it durable.
    ///
    /// - Parameter earlier: what it was meant to be until now: extended attributes that only this has go.
    /// - Throws: ``DiskError/Code/changed`` when another file stands there.
    /// - Returns: the file, to be remembered as known, and what it shows of it.
    public func set(
        _ attributes: FileAttributes, of known: KnownFile, insteadOf earlier: FileAttributes?
    ) throws(DiskError) -> (file: KnownFile, shown: FileAttributes?) {
        let open = try library.open(known.path, expecting: known.identity)
        calls.setAttributes(open.file.number, attributes, insteadOf: earlier)
        let set = try library.folders.status(open.file.number, known.path.description)
        // Were it lost with the power, what stands there then would look like a person's change.
        do { try calls.sync(open.file.number) } catch { throw .sync(error, known.path.description) }
        let status = try library.folders.status(open.file.number, known.path.description)
        // Somebody who has written to it meanwhile has edited it: it is to be read.
        guard set.identity.bytes == known.identity.bytes, set.identity.isStill(status.identity) else {
            throw .changed(known.path)
        }
        return (KnownFile(path: known.path, identity: status.identity), calls.attributes(open.file.number))
    }
}
