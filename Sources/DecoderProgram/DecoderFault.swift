import CFFmpeg
package import Decoding

/// Why a picture could not be read.
package struct DecoderFault: Error {
    package var refusal: DecoderAnswer.Refusal
    /// What is wrong with the file, to stand in the agent's sentence; empty for the plain words.
    package var text: String

    package init(_ refusal: DecoderAnswer.Refusal, _ text: String = "") {
        (self.refusal, self.text) = (refusal, text)
    }

    static let noMemory = DecoderFault(.overLimit, "a size that needs more memory than a decoder may take")

    /// What a library's error code means.
    init(code: Int32) {
        switch code {
        case MAINSTAY_AV_NO_MEMORY: self = .noMemory
        case MAINSTAY_AV_UNSUPPORTED, MAINSTAY_AV_NO_DECODER: self.init(.unsupported)
        case MAINSTAY_AV_END, MAINSTAY_AV_AGAIN: self.init(.endsEarly)
        default: self.init(.damaged)
        }
    }
}
