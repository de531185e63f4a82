import Foundation
import HTTPTypes
import Model

/// The bodies and names that both ends of the socket share.
enum ControlRequest {
    /// Body of `POST /v1/join`.
    struct Join: Codable {
        var invite: String
        var rights: PeerRights?
    }

    /// Body of `POST /v1/pairing/confirmation`.
    struct Confirmation: Codable {
        var attempt: String
        var yes: Bool
    }

    /// Body of `POST /v1/trash/empty`, `/v1/edits` and `/v1/known`.
    struct Paths: Codable { var paths: [RelativePath] }

    /// Body of `POST /v1/fetch` and `/v1/dismiss`.
    struct Named: Codable {
        var paths: [RelativePath]
        var alone: Bool?
    }

    /// Body of `POST /v1/restore`.
    struct Restore: Codable {
        var paths: [RelativePath]
        var deleted: Bool?
        var alone: Bool?
    }

    /// Body of `POST /v1/free`.
    struct Free: Codable {
        var bytes: Int64
        var dryRun: Bool
    }

    /// Headers of an exported picture. Paths and names are percent-encoded, as they may be of any script.
    enum ExportHeader {
        static let image = "x-mainstay-image"
        static let path = "x-mainstay-path"
        /// The node that it comes from; left out when its file is here.
        static let from = "x-mainstay-from"
    }

    /// The header by which a command names itself, so that ``ControlClient/step()`` can ask what it waits for.
    static let command = "x-mainstay-command"

    /// The name of the command that a request with these headers belongs to.
    static func command(of headers: HTTPFields) -> String? { HTTPField.Name(command).flatMap { headers[$0] } }

    /// What never needs escaping: RFC 3986, section 2.3, and the slash.
    static let plain = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")

    /// The body of every answer that is no success, and the last line of a stream that broke off.
    struct Broken: Codable { var failure: ControlFailure }
}
