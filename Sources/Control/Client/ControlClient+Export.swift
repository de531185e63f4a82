import AsyncHTTPClient
import Foundation
import Model
import NIOCore
import NIOHTTP1

extension ControlClient {
    /// See ``NodeControl/export(_:)``.
    ///
    /// The bytes end with ``ControlFailure`` `tryAgain` where the agent breaks off before all of them have come.
    public func export(_ request: ExportRequest) async throws -> Export {
        try await answering {
            // A main is as large as it is, and a rendition that is waited for takes its time.
            let response = try await send(
                .GET, "/v1/export",
                [
                    "path": request.path.description, "original": request.original ? "true" : nil,
                    "wait": request.wait ? "true" : nil,
                ], nil, deadline: .distantFuture)
            func header(_ name: String) -> String? { response.headers.first(name: name)?.removingPercentEncoding }
            guard let image = header(ControlRequest.ExportHeader.image).flatMap({ ImageID($0) }),
                let path = header(ControlRequest.ExportHeader.path).flatMap({ try? RelativePath($0) }),
                let bytes = response.headers.first(name: "content-length").flatMap({ Int64($0) }), bytes >= 0
            else {
                throw ControlFailure(
                    .failed, "The agent's answer cannot be read: see that syncd and syncctl are of one version.")
            }
            let head = Export.Head(
                image: image, path: path, bytes: bytes, from: header(ControlRequest.ExportHeader.from))
            return Export(head: head, bytes: ExportedBytes(body: response.body, total: bytes))
        }
    }
}

/// The bytes of an answer, all of them or a failure that says how many came.
private struct ExportedBytes: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    let total: Int64

    struct AsyncIterator: AsyncIteratorProtocol {
        var body: HTTPClientResponse.Body.AsyncIterator
        let total: Int64
        var received: Int64 = 0

        mutating func next() async throws -> [UInt8]? {
            do {
                try Task.checkCancellation()
                if let chunk = try await body.next() {
                    received += Int64(chunk.readableBytes)
                    return Array(chunk.readableBytesView)
                }
                if received == total { return nil }
            } catch is CancellationError {
                throw CancellationError()
            } catch let error as HTTPClientError where error == .cancelled {
                throw CancellationError()
            } catch {
                // Whatever it was, it came too early.
            }
            throw ControlFailure(
                .tryAgain,
                "The agent broke off after \(received) of \(total) bytes: its log says why; try again.")
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: body.makeAsyncIterator(), total: total) }
}
