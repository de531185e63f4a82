public import Crypto

/// The fingerprint of one record: the first 128 bits of the SHA-256 of its line.
public struct Fingerprint: Hashable, Sendable {
    /// The bits, the first byte of the hash highest.
    public let value: UInt128

    public init(value: UInt128) { self.value = value }

    /// The fingerprint of a record's canonical encoding, as it was written or received.
    public init(line: some Collection<UInt8>) {
        let hash =
            line.withContiguousStorageIfAvailable { bytes in
                var hasher = SHA256()
                hasher.update(bufferPointer: UnsafeRawBufferPointer(bytes))
                return hasher.finalize()
            } ?? SHA256.hash(data: Array(line))
        self.init(hash)
    }

    /// The fingerprint of the line that has this hash.
    public init(_ hash: SHA256Digest) {
        value = hash.withUnsafeBytes { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
    }
}

/// The digest of a set of records: how many there are, and the sum of their fingerprints modulo 2^128.
///
/// A sum can be kept up to date record by record, in any order. Its text is 32 hexadecimal digits, a dash and the count.
public struct Digest: Hashable, Sendable, CustomStringConvertible, Codable {
    /// Sum of the fingerprints, modulo 2^128.
    public private(set) var sum: UInt128
    /// Number of records.
    public private(set) var count: Int

    /// The digest of no records.
    public static let empty = Digest(sum: 0, count: 0)

    public init(sum: UInt128, count: Int) {
        self.sum = sum
        self.count = count
    }

    /// Counts a record in.
    public mutating func add(_ fingerprint: Fingerprint) {
        sum &+= fingerprint.value
        count += 1
    }

    /// Takes a record out that was counted in.
    public mutating func remove(_ fingerprint: Fingerprint) {
        sum &-= fingerprint.value
        count -= 1
    }

    /// The digest of two disjoint sets together.
    public static func + (a: Digest, b: Digest) -> Digest { Digest(sum: a.sum &+ b.sum, count: a.count + b.count) }

    /// Reads ``description``.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 32, let bytes = Hex.decode(parts[0]),
            parts[1].utf8.count <= 16, let count = Int(parts[1]), count >= 0
        else { return nil }
        self.init(sum: bytes.reduce(0) { $0 << 8 | UInt128($1) }, count: count)
    }

    public var description: String {
        let bytes = stride(from: 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: sum >> UInt128($0)) }
        return "\(Hex.encode(bytes))-\(count)"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = try Digest(container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a digest")
        }
        self = digest
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
