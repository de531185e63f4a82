import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("Disks of other file systems")
    struct FileSystemTests {
        /// A file system that this kernel mounts, from an image in the host's folder.
        enum FileSystem: String, CaseIterable, CustomTestStringConvertible {
            case btrfs, xfs, exfat

            var testDescription: String { rawValue }

            /// Makes `disk.img` and mounts it at `Pictures`.
            var mounting: String {
                let mount =
                    switch self {
                    case .btrfs: "mkfs.btrfs -q disk.img; mount -o loop disk.img Pictures"
                    case .xfs: "mkfs.xfs -q disk.img; mount -o loop disk.img Pictures"
                    // Through FUSE, which wants a device.
                    case .exfat:
                        "mkfs.exfat disk.img; losetup -f --show disk.img >loop; mount.exfat-fuse $(cat loop) Pictures"
                    }
                return
                    "truncate -s 400M disk.img; mkdir -p Pictures; { \(mount); } >mounting 2>&1 || { cat mounting; exit 1; }"
            }

            var unmounting: String { "umount Pictures; if [ -e loop ]; then losetup -d $(cat loop); fi" }

            /// What `doctor` says that it lacks.
            var lacks: String? {
                switch self {
                case .btrfs, .xfs: nil
                case .exfat:
                    "It keeps no permissions, no tags, dates to 1 s only, one file of names that differ in case and no names with "
                        + ": ? * \" < > |."
                }
            }
        }

        @Test(
            "an archive has every photo, follows names and edits, and says what its disk does not keep",
            arguments: FileSystem.allCases)
        func archive(_ system: FileSystem) async throws {
            try await Household.run { household in
                let desk = try await household.machine("desk", avahi: false)
                let archive = try await household.machine("archive", avahi: false, keep: "mains")
                try await archive.host.require(["sh", "-ec", system.mounting])
                do {
                    try await desk.startAgent()
                    try await archive.startAgent()
                    try await household.pair(desk, archive)
                    try await follow(desk, archive, on: system)
                    try await archive.stopAgent()
                } catch {
                    try? await archive.stopAgent()
                    _ = try? await archive.host.require(["sh", "-c", system.unmounting])
                    throw error
                }
                try await archive.host.require(["sh", "-ec", system.unmounting])
            }
        }

        private func follow(_ desk: Machine, _ archive: Machine, on system: FileSystem) async throws {
            try await desk.makePhotos(4, seed: 11, in: "../roll")
            _ = try await desk.inLibrary(
                """
                cd ../roll/2026/05; mv IMG_0004.JPG 'a 12:30?.JPG'
                touch -d '2019-05-01 10:00:01.123456789' IMG_0001.JPG
                setfattr -n user.tag -v yes IMG_0001.JPG; chmod 600 IMG_0002.JPG; mv ../../2026 "$1/2026"
                """)
            let colon = system == .exfat ? "2026/05/a 12\u{FF1A}30\u{FF1F}.JPG" : "2026/05/a 12:30?.JPG"
            let names = ["2026/05/IMG_0001.JPG", "2026/05/IMG_0002.JPG", "2026/05/IMG_0003.JPG", colon]
            try await expect(names, on: archive, as: desk)
            let time = system == .exfat ? "1556704801.000000000" : "1556704801.123456789"
            let times = try await archive.inLibrary("stat -c %.9Y 2026/05/IMG_0001.JPG")
            #expect(times.trimmingCharacters(in: .newlines) == time)

            // A name that only differs in case, a new photo whose name does, a copy, an edit.
            _ = try await desk.inLibrary(
                """
                mv 2026/05/IMG_0003.JPG 2026/05/img_0003.JPG; cp -p 2026/05/IMG_0002.JPG copy.JPG
                convert 2026/05/IMG_0001.JPG -rotate 90 ../new.jpg; mv ../new.jpg 2026/05/img_0002.JPG
                exiftool -q -overwrite_original -Rating=5 2026/05/IMG_0001.JPG
                """)
            let second = system == .exfat ? "2026/05/img_0002 (desk).JPG" : "2026/05/img_0002.JPG"
            // This driver numbers a file anew for each spelling of its name.
            let third = system == .exfat ? "2026/05/IMG_0003.JPG" : "2026/05/img_0003.JPG"
            let after = [
                "2026/05/IMG_0001.JPG", "2026/05/IMG_0002.JPG", third, colon, "copy.JPG", second,
            ]
            try await expect(after, on: archive, as: desk)
            let doctor = try await archive.syncctl("doctor", "--json").out.split(separator: "\n")
                .map { try JSONDecoder().decode(Finding.self, from: Data($0.utf8)) }
            let disk = try #require(doctor.first { $0.check == "disk" })
            let sentence = disk.what.components(separatedBy: "library's disk.").last ?? ""
            #expect(sentence.trimmingCharacters(in: .whitespaces) == system.lacks ?? "")

            // After a restart nothing is got or published again.
            try await archive.stopAgent()
            try await archive.startAgent()
            try await expect(after, on: archive, as: desk)
            // On exFAT files are numbered anew now and then: the archive then reads a main once more before it proves it.
            let deadline = ContinuousClock.now + .seconds(60)
            var evicted = try await desk.work("evict", "2026/05/IMG_0001.JPG")
            while evicted.status == 75, .now < deadline {
                evicted = try await desk.work("evict", "2026/05/IMG_0001.JPG")
            }
            #expect(evicted.status == 0, "\(evicted.images.compactMap(\.reason)) \(evicted.err)")
        }

        private struct Finding: Decodable {
            var check: String
            var what: String
        }

        /// Waits until the archive has these files, and each photo of the desk is safe.
        private func expect(_ names: [String], on archive: Machine, as desk: Machine) async throws {
            try await archive.status("has \(names.count) mains") {
                $0.library.mains == names.count && $0.work.pending + $0.work.running == 0
            }
            try await desk.status("knows that all are safe") { $0.safety.atRisk == 0 && $0.peers.allSatisfy(\.inSync) }
            let clock = ContinuousClock()
            let deadline = clock.now + .seconds(60)
            let wanted = try await Set(desk.census().mains.values)
            // Each look takes a program on the host its time.
            while clock.now < deadline {
                let there = try await archive.census().mains
                if Set(there.keys) == Set(names), Set(there.values) == wanted { return }
            }
            let there = try await archive.census().mains
            #expect(Set(there.keys) == Set(names))
            #expect(Set(there.values) == wanted)
        }
    }
}
