import Hummingbird
import NIOCore

/// Turns whatever a request ended with into a ``ControlFailure`` with its HTTP status.
struct ControlFailureMiddleware: RouterMiddleware {
    typealias Context = ControlRoutes.Context

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let failure = Self.failure(of: error)
            var bytes = try ControlJSON.line(ControlRequest.Broken(failure: failure))
            bytes.append(UInt8(ascii: "\n"))
            return Response(
                status: .init(code: failure.code.httpStatus), headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }

    /// The failure that `error` is to the one who asked.
    static func failure(of error: any Error) -> ControlFailure {
        switch error {
        case let failure as ControlFailure: failure
        case is CancellationError:
            ControlFailure(.tryAgain, "The agent is stopping: ask again when it runs.")
        case let error as HTTPError where error.status == .notFound:
            ControlFailure(.usage, "There is no such request: see syncctl --help.")
        case let error as HTTPError where error.status == .methodNotAllowed:
            ControlFailure(.usage, "That address takes another method: see syncctl --help.")
        case let error as any HTTPResponseError where (400..<500).contains(error.status.code):
            ControlFailure(.usage, "The request is malformed: see syncctl --help.")
        default: ControlFailure(.failed, "\(error)")
        }
    }
}
