import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// How requests travel: HTTP over the Unix-domain socket, and what each thing that can go wrong means.
extension ControlClient {
    /// One for all sockets of this process, for as long as it runs.
    private static let http = HTTPClient(
        eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)

    /// A stream says nothing while nothing changes, for days if need be: only requests have an end to their patience.
    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.read = nil
        return configuration
    }

    func object<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, _ query: KeyValuePairs<String, String?> = [:], body: [UInt8]? = nil,
        patience: TimeAmount = patience
    ) async throws -> Answer {
        try read(try await bytes(method, path, query, body, patience: patience))
    }

    func list<Line: Decodable>(
        _ method: HTTPMethod, _ path: String, body: [UInt8]? = nil, patience: TimeAmount = patience
    ) async throws -> [Line] {
        try await bytes(method, path, [:], body, patience: patience).split(separator: UInt8(ascii: "\n")).map(read)
    }

    func bytes(
        _ method: HTTPMethod, _ path: String, _ query: KeyValuePairs<String, String?>, _ body: [UInt8]?,
        patience: TimeAmount
    ) async throws -> [UInt8] {
        try await answering {
            let response = try await send(method, path, query, body, deadline: .now() + patience)
            // An answer that is not streamed is a status, or a line for each of the household's machines or paths.
            return Array(try await response.body.collect(upTo: 64 << 20).readableBytesView)
        }
    }

    func stream<Message: Decodable & Sendable>(
        _ method: HTTPMethod, _ path: String, _ query: KeyValuePairs<String, String?> = [:],
        body: (any Encodable & Sendable)? = nil, for time: TimeAmount? = nil, isFollowed: Bool = false
    ) -> AsyncThrowingStream<Message, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: Message.self)
        let task = Task {
            let watching = Watching(client: self)
            defer { watching.end() }
            do {
                try await answering(isWatched: false) {
                    // It ends when it ends: a first scan of a large library takes hours.
                    let bytes = try body.map { try ControlJSON.line($0) }
                    let response = try await send(method, path, query, bytes, deadline: .distantFuture)
                    var lines = LineSplitter()
                    for try await chunk in response.body {
                        for line in lines.add(chunk.readableBytesView) {
                            let message: Message = try message(line)
                            // Who follows waits for nothing once it has the first message.
                            if isFollowed { watching.end() } else { watch?.moved() }
                            continuation.yield(message)
                        }
                    }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        let ending = time.map { Self.http.eventLoopGroup.next().scheduleTask(in: $0) { continuation.finish() } }
        continuation.onTermination = { _ in
            task.cancel()
            ending?.cancel()
        }
        return stream
    }

    /// A message of a stream, or the failure that ends it.
    private func message<Message: Decodable>(_ line: [UInt8]) throws -> Message {
        if line.starts(with: #"{"failure":"#.utf8) {
            let broken: ControlRequest.Broken? = try? ControlJSON.decode(ControlRequest.Broken.self, from: line)
            if let broken { throw broken.failure }
        }
        return try read(line)
    }

    func read<Message: Decodable>(_ bytes: some Sequence<UInt8>) throws -> Message {
        do { return try ControlJSON.decode(Message.self, from: bytes) } catch {
            throw ControlFailure(
                .failed, "The agent's answer cannot be read: see that syncd and syncctl are of one version (\(error)).")
        }
    }

    func send(
        _ method: HTTPMethod, _ path: String, _ query: KeyValuePairs<String, String?>, _ body: [UInt8]?,
        deadline: NIODeadline
    ) async throws -> HTTPClientResponse {
        guard let url = URL(httpURLWithSocketPath: socketPath, uri: path + encoded(query)) else {
            throw ControlFailure(.usage, "'\(socketPath)' is no path of a socket.")
        }
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = method
        request.headers.add(name: ControlRequest.command, value: command)
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(body)
        }
        let response = try await Self.http.execute(request, deadline: deadline)
        if (200..<300).contains(response.status.code) { return response }
        let bytes = try await response.body.collect(upTo: 1 << 20).readableBytesView
        if let broken = try? ControlJSON.decode(ControlRequest.Broken.self, from: bytes) { throw broken.failure }
        throw ControlFailure(.failed, "What answers on \(socketPath) is no agent of this version (\(response.status)).")
    }

    private func encoded(_ query: KeyValuePairs<String, String?>) -> String {
        let pairs = query.compactMap { name, value in
            value?.addingPercentEncoding(withAllowedCharacters: ControlRequest.plain).map { "\(name)=\($0)" }
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    /// Runs one request, and says what is wrong with the socket where it cannot be made.
    func answering<Answer>(
        isWatched: Bool = true, _ request: () async throws -> Answer
    ) async throws -> Answer {
        let watching = isWatched ? Watching(client: self) : nil
        defer { watching?.end() }
        switch SocketFile.presence(at: socketPath) {
        case .answering: break
        case .absent:
            throw ControlFailure(.notRunning, "The agent is not running (no socket at \(socketPath)): start syncd.")
        case .stale:
            throw ControlFailure(
                .notRunning, "The agent is not running (nobody listens at \(socketPath)): start syncd.")
        case .denied:
            throw ControlFailure(
                .notAllowed, "The socket \(socketPath) belongs to another user: run syncctl as the one who runs syncd.")
        case .unusable(let reason):
            throw ControlFailure(
                .notRunning, "The socket \(socketPath) cannot be used (\(reason)): name the agent's with --control.")
        }
        do {
            return try await request()
        } catch let failure as ControlFailure {
            throw failure
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout {
            throw ControlFailure(.notRunning, "The agent does not answer in time: look at its log, and restart it.")
        } catch {
            throw ControlFailure(.notRunning, "The agent broke off its answer (\(error)): look at its log.")
        }
    }
}

/// One request that somebody watches, from its beginning to its end, which is told once.
private final class Watching: Sendable {
    private let watch: (any RequestWatch)?
    private let isOver = Mutex(false)

    init(client: ControlClient) {
        watch = client.watch
        watch?.began(client)
    }

    func end() {
        let wasOver = isOver.withLock { isOver in
            defer { isOver = true }
            return isOver
        }
        if !wasOver { watch?.ended() }
    }
}
