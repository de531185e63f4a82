/// Names that programs give to files that are not done yet, or are only there while they work: nobody's picture.
///
/// What has such a name is left alone, and is a new file once it has another one. Hidden names (`.goutputstream-…` of GLib,
/// `.NAME.XXXXXX` of rsync, `.~lock.NAME#` of LibreOffice, `.syncthing.NAME.tmp`, `.NAME.icloud`, `.pending-…` of Android)
/// are left alone anyway, and not in this table. A folder may be called as it likes.
enum UnfinishedName {
    /// What such a name ends with, in lower case, and whose it is.
    private static let endings = [
        "_exiftool_tmp",  // ExifTool writes a new file beside the old one (exiftool documentation, "Writing")
        ".exiv2_temp",  // Exiv2: basicio.hpp, TEMP_FILE_EXT
        ".tmp",  // Windows' GetTempFileName; jpegoptim; Syncthing on Windows (`~syncthing~NAME.tmp`)
        ".temp",  // the same, spelt out
        ".part",  // Firefox; KDE (KIO)
        ".partial",  // Internet Explorer
        ".crdownload",  // Chrome and all of its kin: download_target_determiner.h
        ".opdownload",  // Opera
        ".download",  // Safari
        ".filepart",  // WinSCP
        ".!sync",  // Resilio Sync
        ".!qb",  // qBittorrent
        ".!ut",  // uTorrent
        "~",  // what an editor keeps while, or before, it saves: Emacs, Vim, Kate; mogrify of ImageMagick
        ".swp", ".swx",  // Vim, where `backupdir` and `directory` are set to show them
        ".crswap",  // Chrome's File System Access: what a web editor saves, before it is closed
        ".lock", ".lck",  // Lightroom (`.lrcat.lock`), Capture One and others: open just now
        ".lrcat-journal", ".lrcat-wal", ".lrcat-shm",  // Lightroom's catalogue while it is open (SQLite)
        ".db-journal", ".db-wal", ".db-shm",  // darktable's and digiKam's databases while they are open (SQLite)
    ]
    /// What such a name begins with, in lower case.
    private static let beginnings = [
        "~$",  // Microsoft Office: who has the document open
        "~pst", "photoshop temp",  // Photoshop's scratch files
    ]

    /// - Parameter name: the bytes of a file's own name.
    static func matches(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        guard mayMatch(name) else { return false }
        let name = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return endings.contains { name.count > $0.utf8.count && name.suffix($0.utf8.count).elementsEqual($0.utf8) }
            || beginnings.contains { name.starts(with: $0.utf8) } || isSafeSave(name) || isSed(name)
    }

    /// The last letters of ``endings``.
    private static let lastLetters = Set(endings.compactMap(\.utf8.last))

    /// False of nearly every photo's name, after a look at few of its letters: a plan looks at the names of all images.
    private static func mayMatch(_ name: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = name.first, let last = name.last else { return false }
        return lastLetters.contains(last | 0x20) || lastLetters.contains(last) || first == UInt8(ascii: "~")
            || first | 0x20 == UInt8(ascii: "p") || first | 0x20 == UInt8(ascii: "s")
            || name.dropLast(6).last == UInt8(ascii: "-")
    }

    /// `NAME.sb-1a2b3c4d-AbCdEf`: macOS, while TextEdit, Preview and others save a document in its place.
    private static func isSafeSave(_ name: [UInt8]) -> Bool {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), name[dot...].starts(with: ".sb-".utf8) else {
            return false
        }
        let parts = name[(dot + 4)...].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].count == 8 && parts[1].count == 6
    }

    /// `sedAbCdEf`, without an ending: sed(1) with `--in-place`.
    private static func isSed(_ name: [UInt8]) -> Bool {
        name.count == 9 && name.starts(with: "sed".utf8) && !name.contains(UInt8(ascii: "."))
    }
}
