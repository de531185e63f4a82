/// What is wrong with a setting, or with the file of the settings.
public struct SettingsFault: Error, Equatable, CustomStringConvertible {
    /// The kind of fault.
    public enum Code: Int32, Sendable {
        /// The file cannot be written, or not changed surely.
        case failed = 1
        /// A flag's value, or one given to a command, cannot be.
        case usage = 64
        /// A fault in the file or in the environment.
        case configuration = 78
    }

    public var code: Code
    /// One sentence: the fault and its remedy.
    public var message: String
    /// What an agent that cannot start for it ends with (`sysexits.h`).
    public var exitCode: Int32 { code.rawValue }
    public var description: String { message }

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
