import Control
import Glibc

/// A question that must be answered with yes before something is done that cannot be undone by itself.
struct Question: Sendable {
    /// The terminal that it is asked at; nil where `--yes` answered it.
    let terminal: Terminal?

    /// Throws `usage` where there is neither a person nor a `--yes`.
    ///
    /// - Parameter what: what is to be confirmed: `Deleting`.
    init(yes: Bool, what: String) throws {
        terminal = yes ? nil : Terminal()
        guard yes || terminal != nil else {
            throw ControlFailure(
                .usage, "\(what) asks the person at the terminal, and there is none: add --yes to do it unasked.")
        }
    }

    /// Asks, unless it is answered. Throws `failed` for no.
    func ask(_ question: String, otherwise nothing: String) async throws {
        guard let terminal else { return }
        let style = Style(of: STDERR_FILENO, environment: Environment.current)
        guard try await terminal.confirms(style.paragraph("\(question) [y/N]") + " ") else {
            throw ControlFailure(.failed, nothing)
        }
    }
}
