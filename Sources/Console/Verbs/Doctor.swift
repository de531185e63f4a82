import ArgumentParser
import Control

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for what is wrong, and say what to do.",
        discussion: """
            Looks at Avahi, the port, whether the peers can be reached, the disk and the clock. Exits 1 when there is \
            a problem.

            --bundle writes to a file what somebody who helps you needs to see: what doctor and status say, and what \
            system this is. It has no photo and no key in it, and no names of files without --names. Read it before \
            you give it away: the names of your machines and their addresses are in it.

            Examples:
              syncctl doctor
              syncctl doctor --bundle mainstay.txt
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Option(
        help: ArgumentHelp(
            "Write what others need to help you to a new file; - for standard output.", valueName: "file"),
        completion: .file())
    var bundle: String?
    @Flag(help: "Leave the names of files in the bundle.")
    var names = false
    @Flag(name: .shortAndLong, help: "Replace the file of the bundle where it is there already.")
    var force = false

    func validate() throws {
        if names || force, bundle == nil { throw ValidationError("--names and --force go with --bundle FILE.") }
        if bundle == "" { throw ValidationError("--bundle takes a file, such as --bundle mainstay.txt.") }
        if bundle != nil, shown.json { throw ValidationError("The bundle is text: leave out --json or --bundle.") }
    }

    func run() async throws {
        let output = shown.output
        let findings = try await agent.client.doctor()
        if let bundle { return try await write(findings, to: bundle) }
        for finding in findings {
            if shown.json { try output.line(finding) } else { try output.text(text(finding, output.style)) }
        }
        let problems = findings.count { $0.state == .problem }
        if problems > 0 {
            throw ControlFailure(.failed, "\(Quantity.count(problems, "problem")) found: do what is said above.")
        }
    }

    private func write(_ findings: [DoctorFinding], to file: String) async throws {
        let status = try await agent.client.status()
        let place = try FilePlace(file, replaces: force, library: status.library.path).named("mainstay-help.txt")
        let bundle = try HelpBundle(status, findings, names: names)
        try await NewFile.write(to: place) { try await $0.write(Array(bundle.text.utf8)) }
        guard let path = place.path else { return }
        try shown.output.text("\(path) is written. Read it before you give it away.\n")
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
