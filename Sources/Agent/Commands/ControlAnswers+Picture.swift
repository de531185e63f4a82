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
        let own = situation.own.first { $0.info.path == path || $0.file == path } ?? situation.own.first
        guard let own, own.info.type == .jpeg else { return nil }
        let isMissing: Bool? = try? await mains.shelf.run { folder in
            guard own.info.form == .main else {
                return try ReducedMarkerReader.marker(of: own.file, in: folder)?.isCut
            }
            return ImageInspector.endIsMissing(in: try folder.readWhole(own.file, limit: Self.mostLookedAt))
        }
        return isMissing == true ? true : nil
    }
}
