/// Options of all verbs may stand before the verb as well: `syncctl --control SOCKET status`.
enum LeadingOptions {
    /// The same arguments, with such options behind the verb, where they are parsed.
    static func behindVerb(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        var options: [String] = []
        while let first = rest.first {
            if first == "--json" || first.hasPrefix("--control=") {
                options.append(rest.removeFirst())
            } else if first == "--control", rest.count > 1 {
                options += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        guard let verb = rest.first else { return arguments }
        return [verb] + options + rest.dropFirst()
    }
}
