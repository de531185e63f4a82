extension ImagingError {
    /// TurboJPEG could not make a handle, which it only fails to for want of memory.
    static var turboHasNoMemory: ImagingError {
        ImagingError(
            .outOfMemory, "There is no memory to work on pictures; it will be tried again.",
            cause: "tjInit failed")
    }
}
