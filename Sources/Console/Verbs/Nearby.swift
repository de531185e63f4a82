import ArgumentParser
import Control
import Model

struct Nearby: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The nodes seen on the network, paired or not.",
        discussion: """
            Nodes announce themselves by mDNS (Avahi). What is not listed can still be paired by its address; \
            'syncctl doctor' says why it may be missing.

            Example:
              syncctl nearby
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions

    func run() async throws {
        let output = shown.output
        let nodes = try await agent.client.nearby()
        if shown.json { return try nodes.forEach(output.line) }
        guard !nodes.isEmpty else {
            return Output.note(
                "No other node is seen on this network: is syncd running there? 'syncctl doctor' looks closer.")
        }
        let table = Self.table(nodes)
        try output.text(table.lines(output.style, indent: 0).joined(separator: "\n") + "\n")
    }

    static func table(_ nodes: [NearbyLine]) -> Table {
        var table = Table(columns: [
            .init(title: "NAME", gives: 16), .init(title: "ID", rank: 1), .init(title: "PAIRED", rank: 2),
            .init(title: "ADDRESS", gives: 18, rank: 3),
        ])
        table.rows = nodes.map { node in
            [
                .init(node.name), .init(node.id.short), .init(node.paired ? "yes" : "no", node.paired ? .good : nil),
                .init(node.addresses.first ?? "-"),
            ]
        }
        return table
    }
}
