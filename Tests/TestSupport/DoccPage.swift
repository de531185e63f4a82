import Foundation

/// A part of a page of the documentation, as a test reads it to hold it against the code.
public struct DoccPage: Sendable {
    /// What stands in its fenced blocks, without the fences, in their order.
    public let blocks: [String]
    /// The lines outside of blocks.
    public let lines: [String]

    /// The page has no such heading.
    public struct Missing: Error, CustomStringConvertible {
        public let description: String
    }

    /// - Parameters:
    ///   - path: of the page, below `Sources`.
    ///   - heading: its heading, without the number signs; what is read ends at the next heading. Nil for the whole page.
    public init(_ path: String, heading: String? = nil) throws {
        let repository = URL(filePath: #filePath).appending(path: "../../..").standardized
        let text = try String(contentsOf: repository.appending(path: "Sources/\(path)"), encoding: .utf8)
        var (blocks, lines): ([String], [String]) = ([], [])
        var block: [Substring]?
        var isInside = heading == nil
        var isFound = isInside
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block, isInside { blocks.append(block.joined(separator: "\n")) }
                block = block == nil ? [] : nil
            } else if block != nil {
                block?.append(line)
            } else if let heading, line.hasPrefix("#") {
                isInside = line.drop { $0 == "#" || $0 == " " } == heading
                isFound = isFound || isInside
            } else if isInside {
                lines.append(String(line))
            }
        }
        guard isFound else { throw Missing(description: "\(path) has no heading '\(heading ?? "")'") }
        (self.blocks, self.lines) = (blocks, lines)
    }

    /// What stands outside of blocks, with a space for each line's end.
    public var prose: String { lines.joined(separator: " ") }
}
