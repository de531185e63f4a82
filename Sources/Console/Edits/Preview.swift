import Control
import Foundation
import Glibc
import Model
import Subprocess

/// The file that shows an edited picture: opened, or copied to a file of the person's.
struct Preview {
    /// The library's folder.
    let library: String

    /// Writes the preview's JPEG to `place`.
    func write(_ edit: EditLine, to place: FilePlace) async throws {
        let file = try file(of: edit)
        let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ControlFailure(
                .tryAgain, "The preview \(file) cannot be read (\(String(cString: strerror(errno)))): try again.")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let name = (file as NSString).lastPathComponent
        try await NewFile.write(to: place.named(name)) { out in
            while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { try await out.write(Array(chunk)) }
        }
    }

    /// Opens it where there is a display, and says where it is where there is none.
    func show(_ edit: EditLine) async throws {
        let file = try file(of: edit)
        let environment = Environment.current
        let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0, default: ""].isEmpty == false }
        let opener = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { String($0) + "/xdg-open" }
            .first { access($0, X_OK) == 0 }
        guard hasDisplay, let opener else {
            let reason = hasDisplay ? "xdg-open is not installed" : "there is no display here"
            return Output.note("\(reason): the preview is \(file.printable)")
        }
        // In a session of its own: a viewer stays open for as long as the person looks.
        let started = try? await Subprocess.run(
            .name("setsid"), arguments: ["--fork", opener, file], output: .discarded
        ).terminationStatus
        guard started?.isSuccess == true else {
            throw ControlFailure(.failed, "xdg-open cannot be run: the preview is \(file).")
        }
    }

    private func file(of edit: EditLine) throws -> String {
        if let preview = edit.preview { return library + "/" + preview.description }
        throw ControlFailure(
            .tryAgain,
            "\(edit.path) has no preview here yet\(edit.reason.map { " (\($0))" } ?? ""): 'syncctl edit --list' tells more."
        )
    }
}
