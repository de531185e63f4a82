import Foundation

/// The programs that were built together with the tests, beside them.
public enum HostBinaries {
    /// The agent.
    public static var syncd: String { path("syncd") }
    /// The command line.
    public static var syncctl: String { path("syncctl") }

    /// The absolute path of a product of the package.
    public static func path(_ product: String) -> String { folder.appending(path: product).path }

    /// The folder of products: the one that holds the running test program.
    private static let folder: URL = {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return own.deletingLastPathComponent()
    }()
}
