import Control
import Foundation
import Model

/// `why` for a person.
struct WhyText {
    let report: WhyReport
    let style: Style
    let now: Date

    var text: String { lines.joined(separator: "\n") + "\n" }

    private var lines: [String] {
        let size = report.size.map { ", \($0)" } ?? ""
        var lines = [style.paint(report.path.description.printable, .heading)]
        lines += part(
            "image",
            "\(report.type.rawValue)\(size), \(Quantity.bytes(report.mainBytes)), id \(report.image.description.prefix(12))…"
        )
        lines += part("here", here)
        lines += part("mains at", copies(.main))
        let reduced = copies(.reduced)
        if reduced != "nobody else" { lines += part("reduced at", reduced) }
        lines += part("next", "\(report.next.what): \(report.next.reason)")
        for obstacle in report.obstacles {
            var sentence = obstacle.reason
            if let next = obstacle.nextTry { sentence += " Tried again \(Quantity.until(next, now: now))." }
            lines += part("in the way", sentence, .caution)
        }
        return lines
    }

    private var here: String {
        let here = report.here
        let dismissed = here.dismissed ? "; removed here by a person, 'syncctl restore' brings it back" : ""
        switch here.form {
        case .main: return "the main, \(Quantity.bytes(here.bytes))" + dismissed
        case .reduced:
            let edge = here.edge.map { ", long edge \($0)" } ?? ""
            return "a reduced copy, \(Quantity.bytes(here.bytes))\(edge)\(here.file.map { ", as \($0.name)" } ?? "")"
                + dismissed
        case .none: return "nothing" + dismissed
        }
    }

    private func copies(_ form: Form) -> String {
        let names = report.elsewhere.filter { $0.form == form }.map { copy in
            let seen =
                copy.connected
                ? "connected" : copy.lastSeen.map { "last seen \(Quantity.ago($0, now: now))" } ?? "never seen"
            let path = copy.path == report.path ? "" : ", as \(copy.path)"
            return "\(copy.name) (\(seen)\(path))"
        }
        return names.isEmpty ? "nobody else" : names.joined(separator: ", ")
    }

    private func part(_ word: String, _ text: String, _ paint: Style.Paint? = nil) -> [String] {
        text.printable.wrapped(to: style.width - 14).enumerated().map { index, line in
            "  " + style.paint((index == 0 ? word : "").padded(to: 10), .faint) + "  " + style.paint(line, paint)
        }
    }
}
