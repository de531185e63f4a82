import Control
import Testing

@Suite("A failure has one HTTP status and one exit code")
struct ControlFailureTests {
    @Test(
        "codes",
        arguments: [
            (ControlFailure.Code.usage, 400, Int32(64)), (.failed, 500, 1), (.tryAgain, 503, 75),
            (.notAllowed, 403, 77),
            (.notFound, 404, 1), (.notRunning, 503, 69),
        ])
    func codes(code: ControlFailure.Code, status: Int, exit: Int32) {
        #expect(code.httpStatus == status)
        #expect(code.exitCode == exit)
    }
}
