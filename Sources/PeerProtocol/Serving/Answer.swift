import HTTPTypes
import Model
import NIOCore

/// What the server says to one request, before it is written.
struct Answer: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        case buffer(ByteBuffer)
        case main(any MainReading, ClosedRange<Int64>?)
    }

    var status: HTTPResponse.Status
    var fields: HTTPFields = [:]
    var body: Body
    /// Whether the connection ends with it.
    var closes = false

    static let next = fieldName("Mainstay-Next")

    /// A JSON object.
    static func json(_ value: some Encodable) -> Answer {
        Answer(status: .ok, fields: [.contentType: "application/json"], body: .bytes(Wire.encode(value)))
    }

    /// What everybody gets who is not paired, whatever was asked for: nothing that tells what is there.
    static let stranger = Answer(status: .forbidden, body: .bytes([]), closes: true)

    init(status: HTTPResponse.Status, fields: HTTPFields = [:], body: Body, closes: Bool = false) {
        self.status = status
        self.fields = fields
        self.body = body
        self.closes = closes
    }

    init(_ refusal: PeerRefusal, code: String? = nil) {
        status = HTTPResponse.Status(code: refusal.code.rawValue)
        body = .bytes(Wire.encode(Wire.Fault(error: refusal.message, code: code)))
        fields = [.contentType: "application/json"]
        if let wait = refusal.retryAfter {
            // Whole seconds, rounded up: RFC 9110, section 10.2.3.
            let (seconds, rest) = wait.components
            fields[.retryAfter] = String(max(1, seconds + (rest > 0 ? 1 : 0)))
        }
        closes = refusal.code == .tooLarge
    }

    /// Bytes of the body; nil when that is not known beforehand.
    var length: Int64 {
        switch body {
        case .bytes(let bytes): Int64(bytes.count)
        case .buffer(let buffer): Int64(buffer.readableBytes)
        case .main(let main, let range): range.map { $0.upperBound - $0.lowerBound + 1 } ?? main.size
        }
    }

    /// Lets go of what the body holds.
    func discard() async {
        if case .main(let main, _) = body { await main.close() }
    }

    private static func fieldName(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a token") }
        return name
    }
}
