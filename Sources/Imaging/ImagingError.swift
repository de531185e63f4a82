public import Model

/// Why a picture could not be read, reduced or accepted.
public struct ImagingError: Error, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public enum Code: Hashable, Sendable {
        /// The bytes are no picture of a type that is known here; an empty file too.
        case notAnImage
        /// A picture of a type that this version cannot reduce.
        case notReducibleYet(ImageType)
        /// A picture of a type that this version runs no recipes on.
        case notEditableYet(ImageType)
        /// A picture of a type whose decoder is not installed here, or cannot be locked in on this machine.
        case noDecoder(ImageType)
        /// A picture of a kind that cannot be decoded, such as a JPEG of 12 bits or of two components.
        case unsupported
        /// The file stops before the picture does.
        case endsEarly
        /// The file contradicts itself, or the decoder gave up on it.
        case damaged
        /// More pixels, scans or memory than ``ImagingLimits`` allows.
        case overLimit
        /// What a peer sent is not the reduced copy that it was asked for.
        case notTheReducedCopy
        /// The queue is full.
        case busy
        /// The pool was shut down.
        case shutDown
        /// The machine has no memory left for this picture.
        case outOfMemory
    }

    /// What kind of fault it is.
    public let code: Code
    /// One sentence for people: the fault and its remedy.
    public let message: String
    /// What the decoder or the system said, in its own words, where there is such a thing.
    public let cause: String?

    /// The part of the message that says what is wrong, to be said again by another process; empty where there is none.
    package let fault: String

    package init(_ code: Code, _ message: String, cause: String? = nil, fault: String = "") {
        self.code = code
        self.message = message
        self.cause = cause
        self.fault = fault
    }

    /// Whether the same request can succeed later with the same bytes.
    public var isRetryable: Bool {
        switch code {
        case .busy, .shutDown, .outOfMemory, .noDecoder: true
        case .notAnImage, .notReducibleYet, .notEditableYet, .unsupported, .endsEarly, .damaged, .overLimit,
            .notTheReducedCopy:
            false
        }
    }

    /// The message, and the cause behind it in brackets.
    public var description: String { cause.map { "\(message) (\($0))" } ?? message }
}

extension ImagingError {
    /// The main is a picture, but of a type that has no decoder here.
    public static func notReducibleYet(_ type: ImageType) -> ImagingError {
        ImagingError(
            .notReducibleYet(type),
            "This version makes no reduced copy of \(type.noun); fetch the main instead.")
    }

    /// The main is a picture that only the separate decoder can read, which is not there.
    package static func noDecoder(_ type: ImageType) -> ImagingError {
        ImagingError(
            .noDecoder(type),
            "There is no reduced copy of \(type.noun): its decoder, syncd-decoder, is not installed on this machine.")
    }

    /// The main is a picture, but of a type that recipes are not run on.
    public static func notEditableYet(_ type: ImageType) -> ImagingError {
        ImagingError(
            .notEditableYet(type),
            "This version does not edit \(type.noun); export the original and edit it elsewhere.")
    }

    package static func notAnImage(_ what: String) -> ImagingError {
        ImagingError(
            .notAnImage, "The file \(what); put the picture back from a copy, or remove the file.", fault: what)
    }

    static func unsupported(_ what: String, cause: String? = nil) -> ImagingError {
        ImagingError(
            .unsupported, "The JPEG is \(what), which this version cannot decode; fetch the main instead.",
            cause: cause)
    }

    package static func unknownKind(_ what: String) -> ImagingError {
        ImagingError(
            .unsupported, "The picture is \(what), which this version cannot decode; fetch the main instead.",
            fault: what)
    }

    package static func endsEarly(_ what: String, cause: String? = nil) -> ImagingError {
        ImagingError(
            .endsEarly, "The picture ends early: \(what); copy the file anew from the camera or a backup.",
            cause: cause, fault: what)
    }

    package static func damaged(_ what: String, cause: String? = nil) -> ImagingError {
        ImagingError(
            .damaged, "The picture is damaged: \(what); copy the file anew from a backup.", cause: cause, fault: what)
    }

    package static func overLimit(_ what: String) -> ImagingError {
        ImagingError(
            .overLimit, "The picture has \(what); fetch the main instead of a reduced copy.", fault: what)
    }

    static func notTheReducedCopy(_ what: String, cause: String? = nil) -> ImagingError {
        ImagingError(
            .notTheReducedCopy, "The reduced copy \(what); it was refused and will be asked for elsewhere.",
            cause: cause)
    }

    static let busy = ImagingError(
        .busy, "Too many reduced copies are waiting to be made; ask again in a few seconds.")

    package static let shutDown = ImagingError(
        .shutDown, "This node is stopping and makes no more reduced copies; ask again when it is back.")
}
