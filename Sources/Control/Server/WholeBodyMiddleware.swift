import Hummingbird
import NIOCore

/// Reads a request's body to its end before anything is done for it.
///
/// A streamed answer watches the connection for its reader's going away, and Hummingbird 2.28 ends the process when that
/// happens before it has itself seen the end of the body.
struct WholeBodyMiddleware: RouterMiddleware {
    typealias Context = ControlRoutes.Context

    /// Bytes of a body, at most.
    let limit: Int

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var request = request
        do {
            _ = try await request.collectBody(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw ControlFailure(.usage, "The request's body is larger than \(limit) bytes.")
        }
        return try await next(request, context)
    }
}
