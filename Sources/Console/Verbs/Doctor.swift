import ArgumentParser
import Control

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for what is wrong, and say what to do.",
        discussion: """
            Looks at Avahi, the port, whether the peers can be reached, the disk and the clock. Exits 1 when there is \
            a problem.

            Example:
              syncctl doctor
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions

    func run() async throws {
        let output = shown.output
        let findings = try await agent.client.doctor()
        for finding in findings {
            if shown.json { try output.line(finding) } else { try output.text(text(finding, output.style)) }
        }
        let problems = findings.count { $0.state == .problem }
        if problems > 0 {
            throw ControlFailure(.failed, "\(Quantity.count(problems, "problem")) found: do what is said above.")
        }
    }

    private func text(_ finding: DoctorFinding, _ style: Style) -> String {
        let (mark, paint): (String, Style.Paint) =
            switch finding.state {
            case .ok: ("ok", .good)
            case .warning: ("warning", .caution)
            case .problem: ("problem", .bad)
            }
        let body =
            "\(finding.check): \(finding.what)".printable.wrapped(to: style.width - 9)
            + (finding.remedy.map { "→ \($0)".printable.wrapped(to: style.width - 9) } ?? [])
        return body.enumerated().map { index, line in
            style.paint((index == 0 ? mark : "").padded(to: 9), paint) + line + "\n"
        }.joined()
    }
}
