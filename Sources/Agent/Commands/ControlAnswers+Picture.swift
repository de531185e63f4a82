import Catalogue
import Disk
import Imaging
import Model
import Planning

extension ControlAnswers {
    /// Bytes of a main that is read to tell whether its end is there.
    private static let mostLookedAt = 128_000_000

    /// Whether the end of a picture is missing, as far as the file here tells; nil where it does not. A reduced copy
    /// says so itself.
    func endIsMissing(in situation: Situation, asked path: RelativePath) async -> Bool? {
        let here = situation.own.first { $0.info.path == path || $0.file == path } ?? situation.own.first
        guard let here, here.info.type == .jpeg, here.info.bytes <= Self.mostLookedAt,
            let own = try? await node.catalogue.ownFile(at: here.file),
            let bytes = try? await content.picture(own)
        else { return nil }
        let isMissing =
            own.info.form == .main
            ? ImageInspector.endIsMissing(in: bytes) : ImageInspector.facts(of: bytes).marker?.isCut
        return isMissing == true ? true : nil
    }
}
