import Foundation
import Model

/// A look as an object within a message: the members of its canonical JSON, in exact decimals.
struct LookJSON: Codable {
    var look: Look

    init(_ look: Look) { self.look = look }

    /// Reads one; throws `DecodingError`, and ``ControlFailure`` with the reason for a look that is refused.
    init(from decoder: any Decoder) throws {
        let members = try Value(from: decoder)
        do { look = try Look(json: members.text.utf8.map { $0 }) } catch {
            throw ControlFailure(.usage, "\(error)")
        }
    }

    func encode(to encoder: any Encoder) throws {
        try JSONDecoder().decode(Value.self, from: Data(look.json)).encode(to: encoder)
    }

    /// What a look's JSON is made of. Decimals, because a binary fraction is not always written as it was read.
    private indirect enum Value: Codable {
        case flag(Bool)
        case number(Decimal)
        case text(String)
        case members([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Decimal.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .members(try container.decode([String: Value].self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .flag(let flag): try container.encode(flag)
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            case .members(let members): try container.encode(members)
            }
        }

        /// As JSON again; names and texts that need escapes are left to be refused by the reader of looks.
        var text: String {
            switch self {
            case .flag(let flag): "\(flag)"
            case .number(let number): "\(number)"
            case .text(let text): "\"\(text)\""
            case .members(let members):
                "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ",")
                    + "}"
            }
        }
    }
}
