import CSeccomp
import Decoding
import Glibc

/// Locks this process in, for good.
enum Walls {
    /// The only descriptor that stays, beside three of /dev/null.
    static let connection: Int32 = 3

    /// Bytes of address space. The libraries take 400 million, and a picture of 300 megapixels in 4:2:0 as many.
    private static let memory: UInt64 = 3_000_000_000
    /// Seconds of processor time for all pictures together.
    private static let time: UInt64 = 900
    /// Descriptors: those that stay, two of an order, and none to spare for long.
    private static let descriptors: UInt64 = 8

    /// Raises all of them, and answers which hold.
    static func raise() -> DecoderWalls {
        var walls: DecoderWalls = []
        _ = mainstay_forbid_dumps()
        if mainstay_forbid_new_privileges() == 0, mainstay_has_no_new_privileges() != 0 {
            walls.insert(.noNewPrivileges)
        }
        if mainstay_close_from(UInt32(connection) + 1) == 0, isClosed { walls.insert(.descriptors) }
        let limits: [(Int32, UInt64)] = [
            (MAINSTAY_AS, memory), (MAINSTAY_CPU, time), (MAINSTAY_NOFILE, descriptors), (MAINSTAY_FSIZE, 0),
            (MAINSTAY_CORE, 0),
        ]
        if limits.allSatisfy({ mainstay_limit($0.0, $0.1) == 0 && mainstay_is_limited($0.0, $0.1) != 0 }) {
            walls.insert(.resources)
        }
        if mainstay_landlock() > 0 { walls.insert(.files) }
        if SystemCallFilter.load(connection: connection), isFiltered { walls.insert(.systemCalls) }
        return walls
    }

    /// Whether nothing is open but what should be.
    private static var isClosed: Bool {
        (connection + 1..<1024).allSatisfy { fcntl($0, F_GETFD) == -1 && errno == EBADF }
    }

    /// Whether the filter does what it is for.
    private static var isFiltered: Bool {
        guard mainstay_is_filtered() != 0 else { return false }
        let opened = open("/", O_RDONLY)
        return opened == -1 && errno == EPERM
    }
}
