import Hummingbird
import Synchronization

/// The commands that have a request under way, by the names that they gave themselves, and what each waits for.
final class RunningCommands: Sendable {
    private struct Command {
        let waits = CommandWaits()
        var requests = 0
    }

    private let commands = Mutex<[String: Command]>([:])

    /// Runs `body` for the command that `request` says it belongs to.
    func serving<Result>(_ request: Request, _ body: () async throws -> Result) async rethrows -> Result {
        guard let name = ControlRequest.command(of: request.headers) else { return try await body() }
        let waits = commands.withLock { commands in
            commands[name, default: Command()].requests += 1
            return commands[name]?.waits
        }
        defer {
            commands.withLock { commands in
                commands[name]?.requests -= 1
                if commands[name]?.requests == 0 { commands[name] = nil }
            }
        }
        return try await CommandWaits.$current.withValue(waits) { try await body() }
    }

    /// What that command waits for; nil when it is not known, or waits for nothing.
    func step(of name: String) -> CommandStep? { commands.withLock { $0[name]?.waits }?.step }
}

/// Every request is served for its command: what it does says there what it waits for.
struct CommandMiddleware: RouterMiddleware {
    typealias Context = ControlRoutes.Context
    let commands: RunningCommands

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        try await commands.serving(request) { try await next(request, context) }
    }
}
