import Control
import Testing

@Suite("Sizes as people write them")
struct ByteSizeTests {
    @Test(
        "are read",
        arguments: [
            ("20GB", Int64(20_000_000_000)), ("500 MB", 500_000_000), ("1.5TiB", 1_649_267_441_664), ("1 kB", 1000),
            ("1048576 B", 1_048_576), ("1gib", 1_073_741_824), ("0.5 kb", 500), ("7b", 7),
            ("1000TB", 1_000_000_000_000_000),
        ])
    func sizes(text: String, bytes: Int64) throws { #expect(try ByteSize.bytes(text) == bytes) }

    @Test(
        "and what is none is refused",
        arguments: [
            "", "GB", "lots", "-1GB", "1..5GB", "20G", "1GBit", "0", "0.1 B", "0 GB", "1001TB", "٣GB", "1e3", "nan",
            "20GB 1",
        ])
    func others(text: String) { #expect(throws: ByteSize.Fault.noSize) { try ByteSize.bytes(text) } }

    @Test("a number alone lacks its unit, however large it is", arguments: ["200", "1048576", "0.5", "200 "])
    func unit(text: String) {
        let fault = #expect(throws: ByteSize.Fault.self) { try ByteSize.bytes(text) }
        let number = text.trimmingPrefix { $0 == " " }.split(separator: " ")[0]
        #expect(fault?.description == "has no unit: write \(number) GB, or \(number) MB")
    }
}
