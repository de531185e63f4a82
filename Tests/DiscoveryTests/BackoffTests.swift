import Testing

@testable import Discovery

@Suite("The back-off")
struct BackoffTests {
    @Test("doubles up to its limit and begins anew after a success")
    func doubles() {
        var backoff = Backoff(first: .milliseconds(500), longest: .seconds(3))
        #expect(
            (0..<5).map { _ in backoff.failed() } == [
                .milliseconds(500), .seconds(1), .seconds(2), .seconds(3), .seconds(3),
            ])
        backoff.succeeded()
        #expect(backoff.failed() == .milliseconds(500))
    }
}
