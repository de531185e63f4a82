import Catalogue
import Foundation

/// Whether the machine, and not only the agent, ended without warning since the last run: what was not synced then may
/// be gone, and nobody removed it.
struct PowerCut: Sendable {
    private static let key = "boot"

    /// Whether it did.
    let wasPowerCut: Bool

    /// Reads what the last run has left, and notes that this one runs.
    init(_ catalogue: CatalogueDatabase) async throws {
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        let last = try await catalogue.setting(Self.key) ?? ""
        wasPowerCut = !last.isEmpty && last != boot
        try await catalogue.setSetting(Self.key, to: boot)
    }

    /// Notes that the agent ended as it should.
    static func ended(_ catalogue: CatalogueDatabase) async throws {
        try await catalogue.setSetting(key, to: "")
    }
}
