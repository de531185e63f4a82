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
        let length = report.duration.map { ", \(Quantity.length($0)) long" } ?? ""
        let type = report.type == .other ? "another kind of file" : report.type.rawValue
        var lines = [style.paint(report.path.description.printable, .heading)]
        lines += part(
            "image",
            "\(type)\(size)\(length), \(Quantity.bytes(report.mainBytes)), id \(report.image.description.prefix(12))…"
        )
        if let taken { lines += part("taken", taken) }
        if let lead = report.group { lines += part("belongs to", lead.name) }
        lines += parts("with", (report.parts ?? []).map(with))
        if report.endIsMissing == true {
            lines += part("picture", "its end is missing; what there is of it is shown", .caution)
        }
        lines += part("here", here)
        if let damaged = report.damaged {
            lines += part("damaged", "the main here was, and is set aside as .mainstay/damaged/\(damaged)", .bad)
        }
        if let deleted = report.deleted { lines += part("deleted", text(of: deleted), .caution) }
        let mains = copies(.main)
        lines += mains.isEmpty ? part("mains at", "nobody else") : parts("mains at", mains)
        lines += parts("reduced at", copies(.reduced))
        lines += part("next", "\(report.next.what): \(report.next.reason)")
        for hold in report.holds {
            let sentence =
                "until \(hold.by), which relies on this main while it evicts its own, gives it back: "
                + (hold.until > now ? "\(Quantity.until(hold.until, now: now)) at the latest" : "now")
            lines += part("waits", sentence, .caution)
        }
        for obstacle in report.obstacles {
            var sentence = obstacle.reason
            if let next = obstacle.nextTry { sentence += " Tried again \(Quantity.until(next, now: now))." }
            lines += part("in the way", sentence, .caution)
        }
        return lines
    }

    /// `2024-05-01 14:03 +02:00 with an Apple iPhone 12, at 48.137, 11.575`; nil where nothing is known of that.
    private var taken: String? {
        let time = report.captured.map { $0.minute + (report.zone.map { " \($0)" } ?? " by the camera's clock") }
        let camera = report.camera.map { name in
            "with \("AEIOUaeiou".contains(name.first ?? " ") ? "an" : "a") \(name)"
        }
        let how = [time, camera].compactMap { $0 }.joined(separator: " ")
        let all = [how, report.place.map { "at \($0)" } ?? ""].filter { !$0.isEmpty }
        return all.isEmpty ? nil : all.joined(separator: ", ")
    }

    /// `IMG_1.MOV, its film: a reduced copy here`
    private func with(_ part: GroupPart) -> String {
        let form =
            switch part.form {
            case .main: "the main is here"
            case .reduced: "a reduced copy is here"
            case .none: "not here"
            }
        return "\(part.path.name), its \(part.kind.noun): \(form)"
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

    private func text(of deleted: WhyReport.Deletion) -> String {
        let by = deleted.by.map { " on \($0)" } ?? ""
        let trash =
            deleted.inTrashHere
            ? "; it is in the trash here, and 'syncctl restore' takes it back everywhere"
            : "; it is not in the trash here"
        return "everywhere, \(Quantity.ago(deleted.at, now: now))\(by)\(trash)"
    }

    /// A sentence for each peer that holds this form.
    private func copies(_ form: Form) -> [String] {
        report.elsewhere.filter { $0.form == form }.map { copy in
            let seen =
                copy.connected
                ? "connected" : copy.lastSeen.map { "last seen \(Quantity.ago($0, now: now))" } ?? "never seen"
            let path = copy.path == report.path ? "" : ", as \(copy.path)"
            let proof = copy.proved.map { ", proved it \(Quantity.ago($0, now: now))" } ?? ", has not proved it yet"
            return "\(copy.name) (\(seen)\(form == .main ? proof : "")\(path))"
        }
    }

    private func parts(_ word: String, _ texts: [String]) -> [String] {
        texts.enumerated().flatMap { index, text in part(index == 0 ? word : "", text) }
    }

    private func part(_ word: String, _ text: String, _ paint: Style.Paint? = nil) -> [String] {
        style.part(word, text, paint)
    }
}

extension Style {
    /// A text of any length beside the word that says what it is.
    func part(_ word: String, _ text: String, _ paint: Style.Paint? = nil) -> [String] {
        text.printable.wrapped(to: width - 14).enumerated().map { index, line in
            "  " + self.paint((index == 0 ? word : "").padded(to: 10), .faint) + "  " + self.paint(line, paint)
        }
    }
}
