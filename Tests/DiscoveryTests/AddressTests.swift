import Testing

@testable import Discovery

@Suite("Addresses")
struct AddressTests {
    @Test(
        "that a machine can be reached at are written as text, with the scope where it takes one",
        arguments: [
            ([192, 0, 2, 7], "192.0.2.7"),
            ([169, 254, 1, 2], "169.254.1.2"),
            ([127, 0, 0, 1], "127.0.0.1"),
            ([0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1], "2001:db8::1"),
            ([0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [9], "fe80::9%eth0"),
            ([0xFD] + [UInt8](repeating: 0, count: 14) + [3], "fd00::3"),
            ([UInt8](repeating: 0, count: 15) + [1], "::1"),
        ] as [([UInt8], String)])
    func texts(_ bytes: [UInt8], _ text: String) {
        #expect(NumericAddress(bytes)?.text(interface: "eth0") == text)
    }

    @Test(
        "that lead nowhere are refused",
        arguments: [
            [], [192, 0, 2], [0, 0, 0, 0], [224, 0, 0, 251], [255, 255, 255, 255], [UInt8](repeating: 0, count: 16),
            [0xFF, 0x02] + [UInt8](repeating: 0, count: 13) + [0xFB],
            [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127, 0, 0, 1], [UInt8](repeating: 1, count: 17),
        ] as [[UInt8]])
    func refuses(_ bytes: [UInt8]) {
        #expect(NumericAddress(bytes) == nil)
    }

    @Test("are tried in the order: IPv4, IPv6, then those of one link")
    func order() {
        let sorted = ["fe80::1%eth0", "169.254.3.4", "2001:db8::1", "192.0.2.9", "192.0.2.10"]
            .map { HostAddress(host: $0, port: 1) }.sorted().map(\.host)
        #expect(sorted == ["192.0.2.10", "192.0.2.9", "2001:db8::1", "169.254.3.4", "fe80::1%eth0"])
    }

    @Test("are written with their port so that it can be told from the address")
    func description() {
        #expect("\(HostAddress(host: "192.0.2.9", port: 80))" == "192.0.2.9:80")
        #expect("\(HostAddress(host: "fe80::1%eth0", port: 80))" == "[fe80::1%eth0]:80")
    }

    @Test("come from the machine's own resolver as well")
    func systemResolver() {
        #expect(SystemResolver.addresses(of: "192.0.2.7").compactMap { $0.text(interface: "x") } == ["192.0.2.7"])
        #expect(SystemResolver.addresses(of: "2001:db8::7").compactMap { $0.text(interface: "x") } == ["2001:db8::7"])
        #expect(SystemResolver.addresses(of: "no such name").isEmpty)
    }
}
