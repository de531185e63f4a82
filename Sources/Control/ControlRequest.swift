import Model

/// The bodies and names that both ends of the socket share.
enum ControlRequest {
    /// Body of `POST /v1/join`.
    struct Join: Codable { var invite: String }

    /// Body of `POST /v1/pairing/confirmation`.
    struct Confirmation: Codable {
        var attempt: String
        var yes: Bool
    }

    /// Body of `POST /v1/restore`.
    struct Restore: Codable { var paths: [RelativePath] }

    /// The body of every answer that is no success, and the last line of a stream that broke off.
    struct Broken: Codable { var failure: ControlFailure }
}
