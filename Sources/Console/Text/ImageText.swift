import Control
import Foundation
import Model

/// A line of `ls` for a person. The path stands last and whole, so that it can be of any length and be cut out.
enum ImageText {
    static func head(_ style: Style) -> String {
        style.paint("FORM     HERE      MAIN      TAKEN       MAINS AT        PATH", .faint)
    }

    static func line(_ image: ImageLine, _ style: Style) -> String {
        let form: (String, Style.Paint?) =
            switch image.form {
            case .main: ("main", .good)
            case .reduced: ("reduced", nil)
            case .none: ("none", .caution)
            }
        let fields = [
            style.paint(form.0.padded(to: 7), form.1),
            (image.form == .none ? "-" : Quantity.bytes(image.bytes)).padded(to: 8, rightAligned: true),
            Quantity.bytes(image.mainBytes).padded(to: 8, rightAligned: true),
            (image.captured.map { Quantity.day(Date(timeIntervalSince1970: TimeInterval($0))) } ?? "-").padded(to: 10),
            (image.holders.isEmpty ? "-" : image.holders.joined(separator: ",")).printable
                .shortened(to: 14).padded(to: 14),
            image.path.description.printable,
        ]
        return fields.joined(separator: "  ")
    }
}
