extension ImagingError {
    /// TurboJPEG could not make a handle, which it only fails to for want of memory.
    static var turboHasNoMemory: ImagingError {
        ImagingError(
            .outOfMemory, "There is no memory to work on pictures; it will be tried again.",
            cause: "tjInit failed")
    }

    /// Throws for what libjpeg said, unless it leaves a picture.
    static func judge(_ text: String, isFault: Bool) throws(ImagingError) {
        let said = text.lowercased()
        // Faults that leave a picture: what other programs show of the main is shown here too.
        if !isFault { return }
        if said.contains("premature end") { throw .endsEarly("a part of its data is missing", cause: text) }
        if said.contains("insufficient memory") || said.contains("memory allocation") {
            throw ImagingError(
                .outOfMemory, "There is no memory for a picture of this size; it will be tried again.", cause: text)
        }
        if said.contains("not implemented") || said.contains("unsupported") || said.contains("not supported") {
            throw .unsupported("of an unusual kind", cause: text)
        }
        throw .damaged("it cannot be decoded", cause: text)
    }
}
