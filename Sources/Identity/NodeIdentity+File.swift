import Crypto
import Foundation
import Glibc
import SwiftASN1

/// The identity's file: the key and the certificate in PEM, for its owner only.
extension NodeIdentity {
    /// The file's name in the state folder.
    public static let fileName = "identity.pem"

    /// Bytes of the largest file read. Ours has about 700.
    private static let largestFile = 64 * 1024

    /// Reads the identity in `stateFolder`, or makes one there when there is none.
    ///
    /// Blocks on the disk; for the start of the agent. What it made is durable when it returns: written beside, synced,
    /// renamed, and the folder synced. The folder is made (0700) when it is not there. Two agents must not call it on
    /// one folder at once; the lock on the state folder sees to that.
    ///
    /// - Parameter stateFolder: absolute path.
    /// - Throws: ``IdentityError``. A file that others can read, or that is no whole identity, is refused and left as
    ///   it is: a new key would be a new node, unpaired with all.
    public static func loadOrCreate(in stateFolder: String) throws -> NodeIdentity {
        let path = stateFolder + "/" + fileName
        if let text = try read(path) { return try parse(text, path: path) }
        let identity: NodeIdentity
        do {
            identity = try make()
        } catch {
            throw IdentityError(.io, "a new key could not be made (\(error)); try again", path: path)
        }
        try write(identity.pem, to: path, in: stateFolder)
        return identity
    }

    /// The file's text.
    var pem: String {
        [
            PEMDocument(type: "PRIVATE KEY", derBytes: Array(key.derRepresentation)),
            PEMDocument(type: "CERTIFICATE", derBytes: certificate.der),
        ].map(\.pemString).joined(separator: "\n") + "\n"
    }

    private static func parse(_ text: String, path: String) throws -> NodeIdentity {
        func damaged(_ reason: String) -> IdentityError {
            IdentityError(
                .damaged,
                "\(path) \(reason): restore it from a backup, or move it away to become a new node that must be paired anew",
                path: path)
        }
        let documents: [PEMDocument]
        do { documents = try PEMDocument.parseMultiple(pemString: text) } catch { throw damaged("is not PEM") }
        guard documents.map(\.discriminator) == ["PRIVATE KEY", "CERTIFICATE"] else {
            throw damaged("does not hold one key and one certificate")
        }
        guard let key = try? P256.Signing.PrivateKey(derRepresentation: documents[0].derBytes) else {
            throw damaged("holds no P-256 key")
        }
        let certificate: PeerCertificate
        do {
            certificate = try PeerCertificate(der: documents[1].derBytes)
        } catch {
            throw damaged("holds a certificate that \(error)")
        }
        guard certificate.publicKey == Array(key.publicKey.derRepresentation) else {
            throw damaged("holds a certificate of another key")
        }
        return NodeIdentity(key: key, certificate: certificate)
    }

    /// The file's text, or nil when there is no file.
    private static func read(_ path: String) throws -> String? {
        // open(2). A symbolic link in place of the file is followed: people keep state on other disks.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw failure("could not be opened", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("could not be examined", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw IdentityError(.damaged, "\(path) is no ordinary file: move it away", path: path)
        }
        guard status.st_mode & 0o077 == 0 else {
            throw IdentityError(
                .exposed, "\(path) can be read by other users, who could then be this node: run chmod 600 on it",
                path: path)
        }
        guard status.st_uid == geteuid() || geteuid() == 0 else {
            throw IdentityError(
                .exposed,
                "\(path) belongs to another user: run the agent as that user, or give it its own state folder",
                path: path)
        }
        var bytes = [UInt8](repeating: 0, count: largestFile + 1)
        var length = 0
        while length < bytes.count {
            let room = bytes.count - length
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: length), room)
            }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("could not be read", path)
            }
            length += count
        }
        // One byte too many, or bytes that are no text, end as damage in `parse`.
        return String(validating: bytes.prefix(min(length, largestFile)), as: UTF8.self) ?? ""
    }

    private static func write(_ text: String, to path: String, in folder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw IdentityError(
                .io, "\(folder) could not be made (\(error)): check its parent's permissions", path: folder)
        }
        let part = path + ".part"
        // A left-over of a crash holds a key that nobody ever used.
        unlink(part)
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("could not be made", part) }
        do {
            defer { close(descriptor) }
            // A umask can only take permissions away, and a default ACL can add them: say it outright.
            guard fchmod(descriptor, 0o600) == 0 else { throw failure("could not be kept from other users", part) }
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw failure("could not be written", part)
                }
                rest = rest.dropFirst(count)
            }
            guard fsync(descriptor) == 0 else { throw failure("could not be synced", part) }
            guard rename(part, path) == 0 else { throw failure("could not be put into place", path) }
        } catch {
            unlink(part)
            throw error
        }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("could not be opened", folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("could not be synced", folder) }
    }

    private static func failure(_ fault: String, _ path: String) -> IdentityError {
        let number = errno
        return IdentityError(
            .io,
            "\(path) \(fault) (\(String(cString: strerror(number)))): check the folder's permissions and free space",
            path: path, errno: number)
    }
}
