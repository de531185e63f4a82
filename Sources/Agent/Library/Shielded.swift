/// Does `body` to its end, whatever becomes of the task that asked: between the disk and the catalogue nothing may be
/// given up half done. For what is short.
@discardableResult
func shielded<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
    try await Task { try await body() }.value
}
