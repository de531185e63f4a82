/// What a path of another machine must be, beside what every path must.
extension RelativePath {
    /// Folders that a peer's file may lie in, one in the other: more than any person makes.
    public static let deepest = 32

    /// Endings of names that a desktop would run, or open with something that runs what is in it, when a person clicks on
    /// them: no picture is called so.
    ///
    /// Source: the files that freedesktop.org's shared-mime-info 2.2 calls executable or scripts and that Debian's desktops
    /// start, the list of file types that Windows treats as dangerous (Microsoft, "Information about the Attachment
    /// Manager"), and web pages, as a library may be shared with other systems.
    static let runnableEndings: Set<String> = [
        "app", "appimage", "bash", "bat", "bin", "chm", "class", "cmd", "com", "command", "cpl", "csh", "deb",
        "desktop",
        "dll", "elf", "exe", "fish", "flatpak", "flatpakref", "gadget", "hta", "htm", "html", "inf", "jar", "jnlp",
        "js",
        "jse", "ksh", "lnk", "mht", "mhtml", "mjs", "msc", "msi", "msp", "php", "pif", "pl", "ps1", "psm1", "py", "pyc",
        "pyw", "rb", "reg", "rpm", "run", "scf", "scr", "service", "sh", "shtml", "snap", "svg", "svgz", "tcl", "url",
        "vb",
        "vbe", "vbs", "webloc", "ws", "wsc", "wsf", "wsh", "xht", "xhtml", "xml", "zsh",
    ]

    /// Why a peer's file of this path is not taken, as a clause; nil when it may be.
    public var refusalFromPeer: String? {
        let folders = description.utf8.count { $0 == UInt8(ascii: "/") }
        if folders > Self.deepest { return "lies more than \(Self.deepest) folders deep" }
        return Self.runnableEnding(of: description.utf8).map {
            "has a name that ends with .\($0), which desktops run or open"
        }
    }

    /// The ending, in small letters, of a name that a desktop would run; nil of any other.
    static func runnableEnding(of name: some BidirectionalCollection<UInt8>) -> String? {
        // By bytes, as desktops read it: a letter that joins what follows it, such as U+06DD, would hide the dot.
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let bytes = name[dot...].dropFirst()
        guard bytes.count <= longestEnding else { return nil }
        let ending = String(decoding: bytes, as: UTF8.self).lowercased()
        return runnableEndings.contains(ending) ? ending : nil
    }

    /// Bytes of the longest of ``runnableEndings``, where letters outside ASCII have small ones within it.
    private static let longestEnding = 40
}
