import HostilePeer
import Model

extension Stage {
    /// Publishes photos in very deep folders, photos with names that a desktop would run, a script that it calls a photo,
    /// and one photo that is as it should be.
    func deep() async throws {
        let folders = count ?? 1_400
        var paths = try (0..<30).map { number in
            try RelativePath(String(repeating: "\(number % 10)/", count: folders) + "\(number).jpg")
        }
        paths += try ["evil.desktop", "run.sh", "page.html", "setup.exe", "IMG_0001.JPG.Desktop"].map {
            try RelativePath($0)
        }
        let refused = paths.count
        let script = try RelativePath("script.jpg")
        let pictures = try (0...paths.count).map { try Picture($0) }
        let good = try RelativePath("good.jpg")
        liar.change { peer in
            for (path, picture) in zip(paths + [good], pictures) { peer.publish(picture.info(at: path), picture) }
            let bytes = Picture(Array("#!/bin/sh\nrm -rf ~\n".utf8))
            peer.publish(bytes.info(at: script), bytes)
        }
        try tell("published", ["refused": refused])
        await cues.end()
        try tell("end")
    }
}
