import Foundation
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import ServiceLifecycle

/// Editing and exporting.
extension ControlRoutes {
    func editing(_ router: Router<Context>) {
        router.post("v1/edit") { request, _ in
            var wanted = try await body(EditRequest.self, of: request)
            guard !wanted.paths.isEmpty else {
                throw ControlFailure(.usage, "Nothing is named: name the images or folders to edit.")
            }
            wanted.paths = try await mains(wanted.paths)
            return stream(request) { [wanted] in node.edit(wanted) }
        }
        router.get("v1/edits") { request, _ in
            let texts = request.uri.queryParameters.getAll("path")
            let paths = try await mains(try texts.map { try path($0[...]) })
            return batches(request) { node.edits(under: paths) }
        }
        router.post("v1/edits") { request, _ in
            let paths = try await mains(try await body(ControlRequest.Paths.self, of: request).paths)
            return batches(request) { node.edits(under: paths) }
        }
        router.get("v1/export") { request, _ in
            let wanted = ExportRequest(
                path: try path("path", of: request), original: try flag("original", of: request),
                wait: try flag("wait", of: request))
            return try await export(wanted, request)
        }
    }

    /// The picture's bytes, no faster than they are read. Where they end too early, so does the connection, and what was
    /// to come tells the reader that it has not the whole.
    private func export(_ wanted: ExportRequest, _ request: Request) async throws -> Response {
        let picture = try await stoppable {
            guard let path = try await mains([wanted.path]).first else { throw CancellationError() }
            return try await node.export(ExportRequest(path: path, original: wanted.original, wait: wanted.wait))
        }
        var headers: HTTPFields = [.contentType: "application/octet-stream", .connection: "close"]
        func add(_ name: String, _ value: String) {
            guard let name = HTTPField.Name(name),
                let value = value.addingPercentEncoding(withAllowedCharacters: ControlRequest.plain)
            else { return }
            headers[name] = value
        }
        add(ControlRequest.ExportHeader.image, "\(picture.head.image)")
        add(ControlRequest.ExportHeader.path, picture.head.path.description)
        if let from = picture.head.from { add(ControlRequest.ExportHeader.from, from) }
        return Response(
            status: .ok, headers: headers, body: body(picture.bytes, of: picture.head, to: request))
    }

    private func body<Bytes: AsyncSequence & Sendable>(
        _ bytes: Bytes, of head: Export.Head, to request: Request
    ) -> ResponseBody where Bytes.Element == [UInt8] {
        ResponseBody(contentLength: Int(head.bytes)) { writer in
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                var sent: Int64 = 0
                for try await chunk in bytes.cancelOnGracefulShutdown() where sent <= head.bytes {
                    sent += Int64(chunk.count)
                    if sent <= head.bytes { try await writer.write(ByteBuffer(bytes: chunk)) }
                }
                // Ends the connection, as nothing else can say that this is not the whole.
                guard sent == head.bytes else {
                    throw ControlFailure(.failed, "\(head.path) has \(head.bytes) bytes, and others came.")
                }
                try await writer.finish(nil)
            }
        }
    }
}
