import Crypto
import Foundation
import Identity
import Model
import SwiftASN1
import TestSupport
import Testing
import X509

@Suite struct NodeIdentityTests {
    @Test("an identity is made once, for its owner only, and is the same ever after")
    func stable() throws {
        let folder = try StateFolder()
        defer { folder.remove() }
        let first = try NodeIdentity.loadOrCreate(in: folder.path)
        let bytes = try folder.read("identity.pem")
        let second = try NodeIdentity.loadOrCreate(in: folder.path)
        #expect(first.id == second.id)
        #expect(first.certificate == second.certificate)
        #expect(try folder.read("identity.pem") == bytes)
        #expect(try folder.permissions("identity.pem") == 0o600)
        #expect(try folder.names() == ["identity.pem"])
    }

    @Test("a state folder that is not there is made, closed to others")
    func makesFolder() throws {
        let folder = try StateFolder()
        defer { folder.remove() }
        _ = try NodeIdentity.loadOrCreate(in: folder.path + "/a/state")
        #expect(try folder.permissions("a/state") == 0o700)
    }

    @Test("the certificate is what the protocol page says")
    func certificate() throws {
        let identity = try NodeIdentity.make()
        let certificate = try Certificate(derEncoded: identity.certificate.der)
        #expect(certificate.notValidBefore == Date(timeIntervalSince1970: 0))
        #expect(certificate.notValidAfter == Date(timeIntervalSince1970: 253_402_300_799))
        #expect(certificate.subject.description == "CN=mainstay")
        #expect(certificate.issuer == certificate.subject)
        let constraints = try #require(try certificate.extensions.basicConstraints)
        #expect(constraints == .isCertificateAuthority(maxPathLength: 0))
        #expect(certificate.extensions.first { $0.oid == [2, 5, 29, 19] }?.critical == true)
        let key = identity.key.publicKey.derRepresentation
        #expect(identity.id.bytes == Bytes32(Array(SHA256.hash(data: key))))
        #expect(try NodeIdentity.make().certificate.der != identity.certificate.der)
        #expect(identity.certificate.der.count < 1024)
    }

    @Test("a file that others can read is refused and left alone", arguments: [0o604, 0o640, 0o660, 0o644, 0o620])
    func exposed(permissions: Int) throws {
        let folder = try StateFolder()
        defer { folder.remove() }
        _ = try NodeIdentity.loadOrCreate(in: folder.path)
        let text = try folder.read("identity.pem")
        try folder.write("identity.pem", text, permissions: permissions)
        let error = #expect(throws: IdentityError.self) { try NodeIdentity.loadOrCreate(in: folder.path) }
        #expect(error?.code == .exposed)
        #expect(error?.message.contains("chmod 600") == true)
        #expect(try folder.read("identity.pem") == text)
    }

    enum Damage: CaseIterable {
        case empty, half, noise, noCertificate, noKey, swapped, otherKey, huge, binary
    }

    @Test("a damaged file is refused with its remedy and never replaced", arguments: Damage.allCases)
    func damaged(_ damage: Damage) throws {
        let folder = try StateFolder()
        defer { folder.remove() }
        _ = try NodeIdentity.loadOrCreate(in: folder.path)
        let whole = try folder.read("identity.pem")
        let certificate = try #require(whole.range(of: "-----BEGIN CERTIFICATE")).lowerBound
        let other = try StateFolder()
        defer { other.remove() }
        _ = try NodeIdentity.loadOrCreate(in: other.path)
        let otherWhole = try other.read("identity.pem")
        let otherCertificate = try #require(otherWhole.range(of: "-----BEGIN CERTIFICATE")).lowerBound
        let text =
            switch damage {
            case .empty: ""
            case .half: String(whole.prefix(whole.count / 2))
            case .noise: whole.replacingOccurrences(of: "A", with: "B")
            case .noCertificate: String(whole[..<certificate])
            case .noKey: String(whole[certificate...])
            case .swapped: String(whole[certificate...]) + "\n" + whole[..<certificate]
            case .otherKey: String(whole[..<certificate]) + otherWhole[otherCertificate...]
            case .huge: String(repeating: whole, count: 200)
            case .binary: "\u{0}\u{1}\u{2}"
            }
        try folder.write("identity.pem", text)
        let error = #expect(throws: IdentityError.self) { try NodeIdentity.loadOrCreate(in: folder.path) }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("restore it from a backup") == true)
        #expect(try folder.read("identity.pem") == text)
        #expect(try folder.names() == ["identity.pem"])
    }

    @Test("what a crash left half-written is written anew, and a folder that takes nothing is an error")
    func leftOver() throws {
        let folder = try StateFolder()
        defer { folder.remove() }
        try folder.write("identity.pem.part", "half", permissions: 0o644)
        _ = try NodeIdentity.loadOrCreate(in: folder.path)
        #expect(try folder.names() == ["identity.pem"])
        let error = #expect(throws: IdentityError.self) { try NodeIdentity.loadOrCreate(in: "/dev/null/state") }
        #expect(error?.code == .io)
    }
}

@Suite struct PeerCertificateTests {
    @Test("what is no small certificate of a P-256 key is refused")
    func refused() throws {
        let good = try NodeIdentity.make().certificate.der
        #expect(throws: Never.self) { try PeerCertificate(der: good) }
        #expect(throws: PeerCertificate.Refusal.self) { try PeerCertificate(der: []) }
        #expect(throws: PeerCertificate.Refusal.self) { try PeerCertificate(der: Array(good.dropLast())) }
        #expect(throws: PeerCertificate.Refusal.self) { try PeerCertificate(der: good + [0]) }
        #expect(throws: PeerCertificate.Refusal.self) {
            try PeerCertificate(der: [UInt8](repeating: 0x30, count: 5000))
        }
        #expect(throws: PeerCertificate.Refusal.self) {
            try PeerCertificate(der: Self.certificate(Certificate.PrivateKey(P384.Signing.PrivateKey())))
        }
        #expect(throws: PeerCertificate.Refusal.self) {
            try PeerCertificate(der: Self.certificate(Certificate.PrivateKey(Curve25519.Signing.PrivateKey())))
        }
    }

    @Test("a node's id is its key's, whatever else its certificate says")
    func sameKey() throws {
        let identity = try NodeIdentity.make()
        let other = try PeerCertificate(der: Self.certificate(Certificate.PrivateKey(identity.key)))
        #expect(other.id == identity.id)
        #expect(other != identity.certificate)
    }

    static func certificate(_ key: Certificate.PrivateKey) throws -> [UInt8] {
        let name = try DistinguishedName { CommonName("other") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: Date(timeIntervalSince1970: 0), notValidAfter: Date(timeIntervalSince1970: 4_000_000_000),
            issuer: name, subject: name, extensions: Certificate.Extensions(), issuerPrivateKey: key)
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }
}
