/// Which bytes of a file a request asks for: the `Range` field of RFC 9110, section 14.
enum ByteRange: Equatable {
    /// All of it: no field, another unit, or several ranges, which a server may pass over.
    case whole
    /// The bytes from the first to the last.
    case part(ClosedRange<Int64>)
    /// None that the file has: 416.
    case unsatisfiable

    /// Reads the field's value for a file of `size` bytes.
    init(_ field: String?, size: Int64) {
        self = .whole
        guard let field, field.hasPrefix("bytes="), !field.contains(",") else { return }
        let parts = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Self.number(parts[0]), let last = Self.number(parts[1]) else { return }
        switch (first, last) {
        case (nil, nil): return
        case (nil, let count?):
            self = count > 0 && size > 0 ? .part(max(0, size - count)...(size - 1)) : .unsatisfiable
        case (let first?, let last):
            if let last, last < first { return }
            self = first < size ? .part(first...min(last ?? .max, size - 1)) : .unsatisfiable
        }
    }

    /// A number of at most 18 digits, `.some(nil)` for none at all, nil for anything else.
    private static func number(_ text: Substring) -> Int64?? {
        if text.isEmpty { return .some(nil) }
        guard text.utf8.count <= 18, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return .some(Int64(text))
    }
}
