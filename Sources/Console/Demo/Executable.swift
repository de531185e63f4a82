import Control
import Glibc

/// Where this program's own file lies, and the agent's beside it.
enum Executable {
    /// The path of `name` in the folder of this executable. Throws `failed` where there is none.
    static func beside(_ name: String) throws -> String {
        guard let own = realpath("/proc/self/exe", nil) else {
            throw ControlFailure(.failed, "The program's own file cannot be found: is /proc mounted?")
        }
        defer { free(own) }
        let folder = String(cString: own).split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let path = "\(folder)/\(name)"
        guard access(path, X_OK) == 0 else {
            throw ControlFailure(
                .failed, "There is no \(name) in \(folder), beside syncctl: install or build both together.")
        }
        return path
    }
}
