import CLinux
import Foundation

/// The memory of this program, in megabytes.
enum ProcessMemory {
    /// Resident now.
    static func resident() throws -> Double { try line("VmRSS") }

    /// The most that was resident since ``resetHighest()``.
    static func highest() throws -> Double { try line("VmHWM") }

    /// The same of another process.
    static func highest(of process: pid_t) throws -> Double { try line("VmHWM", of: "\(process)") }

    /// Gives back what is free, so that it counts when it is taken again, and sets the highest size back (proc(5)).
    static func resetHighest() throws {
        malloc_trim(0)
        try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    private static func line(_ name: String, of process: String = "self") throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
        return (Double(line.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? .nan) * 1024 / 1_000_000
    }
}
