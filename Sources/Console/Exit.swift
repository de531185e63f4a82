import ArgumentParser
import Control
import Glibc

/// How a command ends that did not run to its end: the one place that turns errors into exit codes.
enum Exit {
    static func end(_ error: any Error, as root: any ParsableCommand.Type) -> Never {
        switch error {
        case is Output.ReaderGone:
            exit(0)
        case let failure as ControlFailure:
            let style = Style(of: STDERR_FILENO, environment: Environment.current)
            Output.note(style.paragraph("syncctl: \(failure.message.printable)"))
            exit(failure.code.exitCode)
        case is CancellationError:
            Output.note("syncctl: interrupted.")
            exit(ControlFailure.Code.failed.exitCode)
        default:
            // Help and version (0), wrong usage (64): the argument parser's own.
            root.exit(withError: error)
        }
    }
}
