import Testing

@testable import Discovery

@Suite("Names of services")
struct ServiceNameTests {
    @Test(
        "are shown without anything that could act on a terminal or deceive the eye",
        arguments: [
            ("Grandma's laptop 👩‍👩‍👧", "Grandma's laptop 👩‍👩‍👧"),
            ("\u{1B}[2Jlaptop\n", "[2Jlaptop"),
            ("lap\u{202E}pot", "lappot"),
            ("a\u{200B}b\u{2028}c\u{0}d\u{85}e", "abcde"),
            ("  \t ", "node"),
            ("", "node"),
        ])
    func shown(_ name: String, _ shown: String) {
        #expect(ServiceName.shown(name) == shown)
    }

    @Test("are cut to what DNS-SD can carry, at a character's end, with room for a number")
    func fitted() {
        #expect(ServiceName.fitted("laptop") == "laptop")
        #expect(ServiceName.fitted("laptop", attempt: 2) == "laptop #2")
        let long = ServiceName.fitted(String(repeating: "é", count: 40))
        #expect(long == String(repeating: "é", count: 31))
        let numbered = ServiceName.fitted(String(repeating: "x", count: 70), attempt: 3)
        #expect(numbered == String(repeating: "x", count: 60) + " #3")
    }
}
