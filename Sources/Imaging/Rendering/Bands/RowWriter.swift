/// What encodes a rendition, row by row. For one thread at a time.
protocol RowWriter: AnyObject {
    /// Encodes the next rows.
    func write(_ rows: UnsafePointer<UInt8>, stride: Int, count: Int) throws(ImagingError)
    /// Ends the file, after its last row.
    func finish() throws(ImagingError)
    /// The next piece of the file that is complete.
    func take() -> [UInt8]?
}
