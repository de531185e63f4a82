import Foundation

/// Where somebody's photos probably are.
enum LibraryGuess {
    /// Files that are counted of a folder that is only looked at: which of several has most shows by then.
    private static let glance = 20_000

    /// The folder with most pictures and films among those where people have them; the first of them where none has any.
    static func folder(home: String, environment: [String: String], mounts: String = mounts()) -> String {
        var candidates = [pictures(home: home, environment: environment), home + "/Pictures", home + "/Photos"]
        candidates += disks(mounts).flatMap { disk in
            ["DCIM", "Pictures", "Photos"].map { disk + "/" + $0 }
        }
        var best: (folder: String, count: Int)?
        for folder in candidates {
            guard let count = FolderCount(folder, most: glance).map({ $0.pictures + $0.films }) else { continue }
            if count > best?.count ?? -1 { best = (folder, count) }
        }
        return best?.folder ?? candidates[0]
    }

    /// The desktop's folder for pictures, which has another name in every language (`user-dirs.dirs`); `~/Pictures` where
    /// there is none.
    static func pictures(home: String, environment: [String: String]) -> String {
        let configuration =
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home + "/.config"
        let text = (try? String(contentsOfFile: configuration + "/user-dirs.dirs", encoding: .utf8)) ?? ""
        let key = "XDG_PICTURES_DIR="
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix(key) }) else {
            return home + "/Pictures"
        }
        let value = line.dropFirst(key.count).filter { $0 != "\"" }.replacing("$HOME", with: home)
        // The home itself stands for a desktop without such a folder.
        return value.hasPrefix("/") && value.drop(while: { $0 == "/" }) != home.drop(while: { $0 == "/" })
            ? value : home + "/Pictures"
    }

    /// Where disks of people are mounted.
    static func disks(_ mounts: String) -> [String] {
        mounts.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 1 else { return nil }
            let place = String(fields[1]).replacing("\\040", with: " ")
            return ["/media/", "/run/media/", "/mnt/", "/srv/"].contains { place.hasPrefix($0) } ? place : nil
        }
    }

    /// proc(5).
    static func mounts() -> String { (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? "" }
}
