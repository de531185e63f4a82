import Disk
import Imaging

/// Why something is not to be had here now.
enum ContentFault: Error, Sendable {
    /// The disk of the library is away.
    case libraryMissing
    /// Nothing of the image stands here that would do.
    case notHere
    /// Its main is being evicted: a peer that has it only of this file proves nothing by it.
    case evicting
    /// The file is another than it was.
    case changed(DiskError)
    /// The file cannot be read.
    case unreadable(DiskError)
    /// No reduced copy can be made of it, for good or now.
    case notReducible(ImagingError)

    /// Whether it may be had later.
    var isPassing: Bool {
        switch self {
        case .libraryMissing, .evicting: true
        case .notHere: false
        case .changed(let error), .unreadable(let error): error.isRetryable
        case .notReducible(let error): error.isRetryable
        }
    }
}

extension ContentFault: CustomStringConvertible {
    /// A sentence for the person here.
    var description: String {
        switch self {
        case .libraryMissing: "The library is not there; mount its disk, and it goes on by itself."
        case .notHere: "Nothing of it stands here that would do."
        case .evicting: "Its main is being evicted here; try again in a moment."
        case .changed(let error), .unreadable(let error): "\(error)"
        case .notReducible(let error): "\(error)"
        }
    }
}
