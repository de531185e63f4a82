import Control
import Foundation
import Model

/// What has become of one image's edit.
enum EditText {
    /// Of the rendition: `archive makes it`, `waits: laptop is away`.
    static func state(_ edit: EditLine, _ it: String = "it") -> String {
        let reason = edit.reason.map { ": \($0)" } ?? ""
        switch edit.state {
        case .made: return edit.rendition.map { "\(it) is \($0)" } ?? "\(it) is made"
        case .waiting where edit.reason != nil: return "\(it) waits\(reason)"
        case .waiting: return edit.holder.map { "\($0) makes \(it)" } ?? "\(it) waits for a machine that has the main"
        case .running: return "\(edit.holder ?? "this machine") is making \(it)"
        case .undone: return "undone" + reason
        case .failed: return "failed" + reason
        case .skipped: return "left out" + reason
        case .unknown: return "not known" + reason
        }
    }

    /// One image: on one line where it fits or where no one reads it on a screen, else a line for each part.
    static func lines(_ edit: EditLine, crop: EditCrop? = nil, _ style: Style) -> [String] {
        let path = edit.path.description.printable
        let look = edit.state == .undone ? nil : edit.look.map { LookText.words($0, crop: crop) }
        // Where the rendition is here, it is told by itself.
        let preview = edit.preview == edit.rendition ? nil : edit.preview.map { "preview at \($0)".printable }
        let state = state(edit, "the full picture").printable
        let parts = [look, preview].compactMap { $0 } + [state]
        let whole = "\(path): " + parts.joined(separator: "; ")
        if !style.isTerminal || whole.columns <= style.width { return [whole] }
        let head = look.map { "\(path): \($0)" } ?? "\(path):"
        return head.wrapped(to: style.width)
            + [preview, state].compactMap { $0 }.flatMap { $0.wrapped(to: style.width - 2).map { "  " + $0 } }
    }

    /// Why the only image was not edited, as a sentence.
    static func sentence(_ edit: EditLine) -> String {
        let path = edit.path.description
        switch edit.state {
        case .unknown:
            return "\(path) is not known: \(edit.reason ?? "see 'syncctl ls' for what is")."
        default: return "\(path) is not edited: \(edit.reason ?? "the agent's log says why")."
        }
    }
}

extension EditLine.State {
    /// Whether the image is not as was asked.
    var isUndone: Bool { self == .failed || self == .unknown }

    var paint: Style.Paint? {
        switch self {
        case .made: .good
        case .failed, .unknown: .bad
        case .undone, .skipped: .faint
        case .waiting, .running: nil
        }
    }
}
