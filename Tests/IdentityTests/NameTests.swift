import Identity
import Model
import Testing

@Suite struct NodeNameTests {
    @Test(
        "a name is short, visible text",
        arguments: ["a", "Wohnzimmer", "キッチン", "👩‍💻's box", String(repeating: "x", count: 64)])
    func good(_ text: String) throws { #expect(try NodeName(text).description == text) }

    @Test(
        "a name that could garble a terminal is refused",
        arguments: [
            "", " ", "\t", "a\nb", "a\u{1B}[31mb", "a\u{7F}", "a\u{9B}b", "\u{202E}gpj.exe", "a\u{2028}b", "a\u{0}",
            String(repeating: "x", count: 65), String(repeating: "é", count: 33), "\u{E000}",
        ])
    func bad(_ text: String) { #expect(throws: NodeName.Refusal.self) { try NodeName(text) } }

    @Test("there is a nearest name to every text")
    func nearest() {
        #expect(NodeName(nearest: "laptop\n").description == "laptop")
        #expect(NodeName(nearest: "\n").description == "node")
        #expect(NodeName(nearest: String(repeating: "é", count: 60)).description.utf8.count == 64)
    }
}

@Suite struct PeerAddressTests {
    @Test(
        "an address is written as it was read",
        arguments: [
            "192.168.1.2:21417", "studio:1", "studio.local:65535", "[::1]:21417", "[fe80::1%eth0]:21417", "a_b-c:80",
        ])
    func good(_ text: String) { #expect(PeerAddress(text)?.description == text) }

    @Test(
        "what is no address is refused",
        arguments: [
            "", ":1", "a", "a:", "a:0", "a:65536", "a:-1", "a:1x", "a:+1", "a b:1", "a/b:1", "a:1:2", "[::1]", "[a]:1",
            "[::1]x:1", "::1:", "-a:1", ".a:1", "[::1%]:1", "[::1%a/b]:1", "u@h:1", "a?:1", "a#:1", "é:1", "[::1:1",
            "[::1\0]:1", "[::1\0\u{1B}[2J]:1",
        ])
    func bad(_ text: String) { #expect(PeerAddress(text) == nil) }

    @Test(
        "an IPv4 address that a socket for both families shows is plain",
        arguments: ["[::ffff:10.77.0.5]:4711", "[::FFFF:a4d:5]:4711", "[0:0:0:0:0:ffff:10.77.0.5]:4711"])
    func mapped(_ text: String) { #expect(PeerAddress(text)?.description == "10.77.0.5:4711") }

    @Test("a default port fills in for a missing one")
    func port() {
        #expect(PeerAddress("studio", defaultPort: 21417)?.description == "studio:21417")
        #expect(PeerAddress("::1", defaultPort: 21417)?.description == "[::1]:21417")
        #expect(PeerAddress("[::1]", defaultPort: 21417)?.description == "[::1]:21417")
        #expect(PeerAddress("studio:1", defaultPort: 21417)?.port == 1)
    }

    @Test("addresses of one link are known as such")
    func link() {
        #expect(PeerAddress("[fe80::1%eth0]:1")?.isLinkLocal == true)
        #expect(PeerAddress("169.254.3.4:1")?.isLinkLocal == true)
        #expect(PeerAddress("[2001:db8::1]:1")?.isLinkLocal == false)
        #expect(PeerAddress("192.168.1.1:1")?.isLinkLocal == false)
    }
}

@Suite struct InvitationTests {
    static let node = NodeID(Bytes32.random())
    static let secret = InvitationSecret.random()
    static var tail: String { "/\(node)#\(secret.text)" }

    @Test(
        "a line is read as it was written",
        arguments: ["studio:21417", "192.168.1.2:1,[::1]:2,studio.local:3", "[2001:db8::1]:21417"])
    func good(_ hosts: String) throws {
        let line = "mainstay://\(hosts)\(Self.tail)"
        let invitation = try #require(Invitation(line))
        #expect(invitation.description == line)
        #expect(invitation.node == Self.node)
        #expect(invitation.secret == Self.secret)
        #expect(Invitation("  \(line)\n") == invitation)
        #expect(Invitation("MAINSTAY" + line.dropFirst(8)) == invitation)
    }

    @Test(
        "what is no line is refused",
        arguments: [
            "", "mainstay://", "http://a:1\(tail)", "mainstay://\(tail)", "mainstay://a\(tail)",
            "mainstay://a:1,\(tail)",
            "mainstay://a:1,,b:1\(tail)", "mainstay://a:1\(tail)x", "mainstay://a:1/\(node)", "mainstay://a:1/\(node)#",
            "mainstay://a:1/\(node)#AAAA", "mainstay://a:1/x#\(secret.text)", "mainstay://a:1/b\(tail)",
            "mainstay://a:1\(tail)#x", "mainstay://u@a:1\(tail)", "mainstay://a:1\(tail)/..", "mainstay:a:1\(tail)",
            "mainstay://" + (1...9).map { "a:\($0)" }.joined(separator: ",") + tail,
            "mainstay://a:1\(tail)" + String(repeating: " ", count: 5000),
        ])
    func bad(_ line: String) { #expect(Invitation(line) == nil) }

    @Test("a secret is not printed by accident")
    func silent() {
        #expect("\(Self.secret)" == "(secret)")
        #expect(String(reflecting: Self.secret) == "(secret)")
        #expect(Set((0..<100).map { _ in InvitationSecret.random().text }).count == 100)
        #expect(Self.secret.text.count == 26)
    }
}
