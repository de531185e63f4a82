import Catalogue
import Control
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

    /// Tells when, where and with what a picture was taken. The time is that of the list; all else is read from the file
    /// here, the main's before that of a reduced copy, and is kept nowhere.
    func tellCapture(of report: inout WhyReport, _ situation: Situation, asked path: RelativePath) async {
        let lists = situation.own.map(\.info) + situation.claims.map(\.info)
        let listed = lists.first { $0.path == path && $0.captured != nil } ?? lists.first { $0.captured != nil }
        report.captured = listed?.captured.map { CameraTime($0) }
        let here = [situation.main].compactMap { $0 } + situation.own.filter { $0.file == path || $0.info.path == path }
        guard let own = here.first ?? situation.own.first, ImageType.withPicture.contains(own.info.type) else { return }
        guard let file = try? await node.catalogue.ownFile(at: own.file),
            let capture = try? await content.facts(of: file).capture
        else { return }
        let time = capture.time
        report.captured = report.captured ?? time.map { CameraTime($0.seconds) }
        // A zone says something only beside the time that it was written with.
        if let time, report.captured == CameraTime(time.seconds) { report.zone = time.zone }
        (report.camera, report.place) = (capture.camera, capture.place)
    }
}
