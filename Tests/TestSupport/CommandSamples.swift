public import Control
public import Foundation
public import Model

/// Messages with every kind of value in them, for tests of JSON and of text.
public enum CommandSamples {
    /// One setting from each place that there is.
    public static let settings = SettingsReport(
        file: "/home/u/.config/mainstay/syncd.yaml", restart: "systemctl --user restart syncd",
        settings: [
            SettingLine(
                key: "library", values: ["/home/u/Pictures"], from: .standard, live: false, next: ["/srv/photos"]),
            SettingLine(key: "name", values: ["attic"], from: .file, place: "line 3", live: true),
            SettingLine(key: "keep", values: ["mains"], from: .flag, place: "--keep", live: true),
            SettingLine(key: "limit", values: [], from: .standard, live: true),
            SettingLine(key: "ignore", values: ["*.bak", "2019/raw"], from: .file, place: "line 5", live: true),
            SettingLine(key: "log-level", values: ["debug"], from: .environment, place: "SYNCD_LOG_LEVEL", live: true),
        ])

    /// 2026-11-22 15:04:05 UTC.
    public static let now = Date(timeIntervalSince1970: 1_795_359_845)
    public static let node = id(1)
    public static let peer = id(2)

    /// A node id of equal bytes.
    public static func id(_ byte: UInt8) -> NodeID {
        guard let bytes = Bytes32([UInt8](repeating: byte, count: 32)) else { preconditionFailure("32 bytes") }
        return NodeID(bytes)
    }

    /// An image id of equal bytes.
    public static func image(_ byte: UInt8) -> ImageID {
        guard let bytes = Bytes32([UInt8](repeating: byte, count: 32)) else { preconditionFailure("32 bytes") }
        return ImageID(bytes)
    }

    /// A path that is known to be one.
    public static func path(_ text: String) -> RelativePath {
        do { return try RelativePath(text) } catch { preconditionFailure("'\(text)' \(error)") }
    }

    public static let images = [
        ImageLine(
            path: path("2026/05/IMG_0001.JPG"), image: image(10), form: .main, bytes: 8_100_000, mainBytes: 8_100_000,
            size: PixelSize(width: 6000, height: 4000), captured: 1_777_626_000, holders: ["desktop"]),
        ImageLine(
            path: path("2026/05/IMG_0002.JPG"), image: image(11), form: .reduced, bytes: 412_345, mainBytes: 7_900_000,
            size: PixelSize(width: 4000, height: 6000), captured: 1_777_636_800, holders: ["laptop", "attic"]),
        ImageLine(
            path: path("写真/2026年の夏休み 🏖️.HEIC"), image: image(12), form: .none, bytes: 0, mainBytes: 2_400_000, size: nil,
            captured: nil, holders: ["laptop"]),
    ]

    /// A live photo with its edit, as three lines.
    public static let livePhoto: [ImageLine] = {
        let lead = path("2026/05/IMG_0004.HEIC")
        let film = GroupPart(
            path: path("2026/05/IMG_0004.MOV"), kind: .film, form: .reduced, bytes: 300_000, mainBytes: 4_000_000,
            holders: ["laptop", "attic"])
        let sidecar = GroupPart(
            path: path("2026/05/IMG_0004.AAE"), kind: .sidecar, form: .main, bytes: 1_000, mainBytes: 1_000,
            holders: ["desktop", "laptop"])
        return [
            ImageLine(
                path: sidecar.path, image: image(15), form: .main, bytes: 1_000, mainBytes: 1_000, size: nil,
                captured: nil, holders: sidecar.holders, group: lead),
            ImageLine(
                path: lead, image: image(13), form: .reduced, bytes: 400_000, mainBytes: 2_000_000,
                size: PixelSize(width: 4032, height: 3024), captured: 1_777_626_000, holders: film.holders,
                parts: [film, sidecar]),
            ImageLine(
                path: film.path, image: image(14), form: .reduced, bytes: 300_000, mainBytes: 4_000_000, size: nil,
                captured: 1_777_626_000, duration: 2.9, holders: film.holders, group: lead),
        ]
    }()

    public static let nearby = [
        NearbyLine(id: peer, name: "laptop", addresses: ["192.168.1.21:21417", "[fe80::1]:21417"], paired: true),
        NearbyLine(id: id(3), name: "attic", addresses: ["192.168.1.30:21417"], paired: false),
    ]

    public static let status = StatusReport(
        node: .init(
            id: node, name: "desktop", version: "0.2.0", keep: .reduced, uptimeSeconds: 11_520, port: 21_417,
            discovery: .on),
        library: .init(
            path: "/srv/Pictures", state: .ok, images: 12_345, mains: 8_000, reduced: 4_300, missing: 45,
            mainBytes: 31_200_000_000, reducedBytes: 1_900_000_000, elsewhereBytes: 16_400_000_000,
            limit: 50_000_000_000, trashImages: 3, trashBytes: 24_100_000, versionsBytes: 412_000_000),
        peers: [
            PeerLine(
                id: peer, name: "laptop", state: .connected, address: "192.168.1.21:21417", images: 4_345, inSync: true,
                lastSeen: now),
            PeerLine(
                id: id(3), name: "屋根裏部屋の写真サーバー attic", state: .offline, address: nil, images: 8_000, inSync: false,
                lastSeen: now - 3 * 86_400, refused: 2, problem: "It has not answered for 3 days: is it switched on?",
                rights: .archive),
        ],
        work: .init(
            pending: 42, running: 2, failed: 1,
            progress: [
                ActivityProgress(
                    phase: .getting, peer: "laptop", done: 312, total: 500, bytesDone: 1_240_000_000,
                    bytesTotal: 2_000_000_000, bytesPerSecond: 18_300_000, secondsLeft: 41.5)
            ]),
        safety: .init(
            atRisk: 120, damaged: 0, paused: nil, lastVerified: now - 12 * 86_400, verifyDone: 4_200, verifyTotal: 8_000
        ),
        problems: [
            ProblemLine(
                subject: "2026/05/IMG_0666.JPG",
                reason: "The main is no whole JPEG (it ends in the middle of a scan): its main is backed up as it is.",
                since: now - 3600, nextTry: now + 300)
        ])

    public static let trash = [
        TrashLine(
            path: path("2026/05/IMG_0007.JPG"), image: image(20), bytes: 8_400_000, deleted: now - 3 * 86_400,
            by: "laptop", daysLeft: 27, form: .main),
        TrashLine(
            path: path("2025/写真/IMG_0008.HEIC"), image: image(21), bytes: 412_345, deleted: now - 30 * 86_400,
            by: "desktop", daysLeft: 0, form: .reduced),
        TrashLine(
            path: path("old.jpg"), image: image(22), bytes: 1_000_000, deleted: nil, by: nil, daysLeft: 30,
            form: .main),
    ]

    /// A look of these amounts, which are known to be in range.
    public static func look(
        turns: Int = 0, isMirrored: Bool = false, crop: (Int, Int, Int, Int)? = nil, isBlackAndWhite: Bool = false,
        _ amounts: [Adjustment: Int] = [:]
    ) -> Look {
        do {
            return try Look(
                turns: turns, isMirrored: isMirrored,
                crop: crop.map { try Crop(left: $0.0, top: $0.1, width: $0.2, height: $0.3) },
                isBlackAndWhite: isBlackAndWhite, amounts.mapValues { Amount(thousandths: $0) })
        } catch { preconditionFailure("\(error)") }
    }

    private static func edit(
        _ number: Int, _ look: Look, _ state: EditLine.State, preview: String?, rendition: String? = nil,
        holder: String? = nil, reason: String? = nil, by: String, at: Date
    ) -> EditLine {
        EditLine(
            path: images[number].path, image: images[number].image,
            recipe: Recipe(image: images[number].image, look: look).id, look: look, state: state,
            preview: preview.map(path), rendition: rendition.map(path), holder: holder, reason: reason, by: by, at: at)
    }

    public static let edits = [
        edit(
            0, look(crop: (0, 55_555, 1_000_000, 888_889), [.exposure: 500]), .made,
            preview: "2026/05/IMG_0001.edited.jpg", rendition: "2026/05/IMG_0001.edited.jpg", holder: "desktop",
            by: "desktop", at: now - 10_800),
        edit(
            1, look(turns: 1, isBlackAndWhite: true, [.straighten: -1_500]), .waiting,
            preview: "2026/05/IMG_0002.edited.jpg.reduced.jpg", holder: "laptop",
            reason: "laptop is away, last seen 3 d ago", by: "desktop", at: now - 60),
        edit(1, look([.contrast: 20_000]), .undone, preview: nil, by: "laptop", at: now - 86_400),
    ]

    public static func why(folder: String) -> FolderReport {
        var report = FolderReport(path: folder, target: 2)
        (report.images, report.mainBytes, report.missing, report.atRisk) = (1_240, 9_800_000_000, 45, 12)
        (report.mains.images, report.mains.bytes) = (800, 6_300_000_000)
        (report.reduced.images, report.reduced.bytes) = (395, 160_000_000)
        report.holders = [
            .init(id: id(3), name: "attic", connected: false, lastSeen: now - 3 * 86_400, mains: 1_228, reduced: 0),
            .init(id: peer, name: "laptop", connected: true, lastSeen: now, mains: 440, reduced: 788),
        ]
        report.next = [
            .init(
                what: "nothing", reason: "the main is here; it may be evicted once attic proves to hold it", images: 788
            ),
            .init(what: "nothing", reason: "a reduced copy of 2048 px is here", images: 395),
            .init(
                what: "get a reduced copy of 2048 px from laptop",
                reason: "the main lies elsewhere and nothing of it is here", images: 1),
        ]
        report.obstacles = [
            .init(
                reason: "The main is no whole JPEG: it is backed up as it is.", files: 2,
                example: "2026/05/IMG_0666.JPG")
        ]
        return report
    }

    public static func why(_ path: RelativePath) -> WhyReport {
        WhyReport(
            path: path, image: image(11), type: .jpeg, mainBytes: 7_900_000, size: PixelSize(width: 4000, height: 6000),
            here: .init(form: .reduced, file: path.reduced, bytes: 412_345, edge: 2048),
            elsewhere: [
                .init(
                    id: peer, name: "laptop", form: .main, path: path, connected: true, lastSeen: now,
                    proved: now - 3 * 86_400),
                .init(
                    id: id(3), name: "attic", form: .main, path: CommandSamples.path("old/A.JPG"), connected: false,
                    lastSeen: now - 3 * 86_400),
            ],
            next: .init(what: "nothing", reason: "this node keeps reduced copies and has one of the edge it wants"),
            obstacles: [ProblemLine(subject: "laptop", reason: "It answered 503.", since: now, nextTry: now + 30)])
    }

    public static let review = ReviewLine(
        kind: .deleted, id: peer, name: "laptop", images: 1204,
        paths: (1...20).map { path("2024/IMG_\($0).JPG") }, since: now - 180)
}
