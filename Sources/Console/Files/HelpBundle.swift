import Control
import Foundation
import Glibc

/// What somebody who helps from elsewhere needs to see, as one file of text.
///
/// There is no photo in it, no key and no address of an invitation. Names of files and folders are left out, unless the person
/// wants them in.
struct HelpBundle {
    let text: String

    /// - Parameter names: whether names of files and folders stay in.
    init(_ status: StatusReport, _ findings: [DoctorFinding], names: Bool) throws {
        let hides = { (sentence: String) in names ? sentence : Self.withoutNames(sentence, status.library.path) }
        var shown = status
        if !names { shown.library.path = Self.hidden }
        shown.problems = status.problems.map { problem in
            var problem = problem
            if !names {
                problem.reason = problem.reason.replacing(problem.subject, with: Self.hidden)
                problem.subject = Self.isOurs(problem.subject) ? problem.subject : Self.hidden
            }
            problem.reason = hides(problem.reason)
            return problem
        }
        for index in shown.peers.indices { shown.peers[index].problem = shown.peers[index].problem.map(hides) }
        shown.safety.paused = shown.safety.paused.map(hides)
        let doctor = findings.map { finding in
            "\(finding.state.rawValue) \(finding.check): \(hides(finding.what))"
                + (finding.remedy.map { " → \(hides($0))" } ?? "")
        }
        text = """
            Mainstay \(status.node.version), \(Date.now.formatted(.iso8601))
            This file has no photo and no key in it. It \(names ? "has" : "leaves out") the names of files.

            == system
            \(Self.system.joined(separator: "\n"))

            == doctor
            \(doctor.joined(separator: "\n"))

            == status
            \(String(decoding: try ControlJSON.indented(shown), as: UTF8.self))

            """
    }

    private static let hidden = "(name left out)"

    /// What is quoted in a sentence may be a name, and a name may have quotation marks in it: all from the first to the last
    /// one goes. So does a path that stands in it unquoted.
    private static func withoutNames(_ sentence: String, _ library: String) -> String {
        var sentence = sentence.replacing(library, with: hidden)
        if let first = sentence.firstIndex(of: "'"), let last = sentence.lastIndex(of: "'"), first < last {
            sentence.replaceSubrange(first...last, with: hidden)
        }
        return sentence.split(separator: " ", omittingEmptySubsequences: false)
            .map { $0.contains("/") ? hidden : String($0) }.joined(separator: " ")
    }

    /// Whether a problem is about something of the agent and not about a file.
    private static func isOurs(_ subject: String) -> Bool {
        ["disk", "formats", "identity", "limit", "names", "watch"].contains(subject) || subject.hasPrefix("service: ")
    }

    private static var system: [String] {
        var kernel = utsname()
        guard uname(&kernel) == 0 else { return [] }
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
        let name = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }?.dropFirst(12)
        let process = ProcessInfo.processInfo
        return [
            "\(text(kernel.sysname)) \(text(kernel.release)) \(text(kernel.machine))",
            name.map { $0.trimmingCharacters(in: ["\""]) } ?? "an unknown distribution",
            "\(process.activeProcessorCount) cores, \(process.physicalMemory >> 20) MiB of memory",
        ]
    }
}
