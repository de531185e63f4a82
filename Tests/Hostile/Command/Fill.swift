import HostilePeer
import Identity
import Imaging
import Model

extension Stage {
    /// Publishes far more than a small disk has room for: mains of 300 kB; mains that it says to have a thousand bytes,
    /// and that have as many; and mains of which it gives reduced copies alone.
    func fill() async throws {
        let number = count ?? 60
        let padding = [UInt8](repeating: 0, count: 300_000)
        let pictures = try (0..<number).map { Picture(try Picture($0).bytes + padding) }
        let photo = try SamplePhoto(seed: 0xBAD, width: 2400, height: 1600).jpeg()
        let reducer = Reducer()
        let paths = try (0..<(2 * number + number / 6)).map { try RelativePath("fill/\($0).jpg") }
        liar.change { peer in
            peer.reduced = { image, edge in
                try reducer.reduce(main: photo.span, image: image, edge: edge, quality: Policy().quality)
            }
            for (index, path) in paths.enumerated() {
                switch index {
                case ..<number: peer.publish(pictures[index].info(at: path), pictures[index])
                case ..<(2 * number):
                    var info = pictures[0].info(at: path)
                    info.image = ImageID(Bytes32.random())
                    info.size = PixelSize(width: 2400, height: 1600)
                    (info.bytes, info.mainBytes) = (3_000_000, 3_000_000)
                    peer.publish(info)
                default:
                    let picture = Picture(pictures[index - 2 * number].bytes + [0])
                    var info = picture.info(at: path)
                    (info.bytes, info.mainBytes) = (1000, 1000)
                    peer.publish(info, picture)
                }
            }
        }
        try tell("published", ["records": paths.count])
        await cues.end()
        try tell("end", ["served": liar.now.served.count])
    }
}
