public import Model

/// Makes reduced copies of mains. Owns decoders and an encoder, so make one a thread and use it again and again.
///
/// All of it is blocking work: milliseconds to seconds of one core. See ``ReducingPool`` for the threads.
public struct Reducer: ~Copyable {
    let limits: ImagingLimits

    /// A reducer that refuses what is over `limits`.
    public init(limits: ImagingLimits = ImagingLimits()) {
        self.limits = limits
    }

    /// The reduced copy of a main: a JPEG whose long edge is at least `edge`, or the main's where that is smaller.
    ///
    /// - Parameters:
    ///   - main: the whole file.
    ///   - image: its id, for the marker; not compared with the bytes.
    ///   - edge: 1 to 65,535 pixels.
    ///   - quality: 1 to 100.
    public mutating func reduce(
        main: Span<UInt8>, image: ImageID, edge: Int, quality: Int
    ) throws(ImagingError) -> [UInt8] {
        throw .notReducibleYet(.jpeg)
    }
}
