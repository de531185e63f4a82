/// The version of this build, the same for the agent and the command.
public enum MainstayVersion {
    /// As `--version`, `status` and the peer protocol show it.
    public static let current = "0.2.0"
}
