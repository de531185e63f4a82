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

    /// Body of `POST /v1/fetch`, `/v1/delete`, `/v1/trash/empty` and `/v1/restore`.
    struct Paths: Codable { var paths: [RelativePath] }

    /// Body of `POST /v1/free`.
    struct Free: Codable {
        var bytes: Int64
        var dryRun: Bool
    }

    /// The body of every answer that is no success, and the last line of a stream that broke off.
    struct Broken: Codable { var failure: ControlFailure }
}
