import Glibc
import Model
import SystemPackage

/// The work of the watch's thread: reads the kernel's events, keeps the tree of watches, says what they mean.
///
/// Confined to its thread, where it is made.
final class WatchLoop {
    let library: LibraryFolder
    let watch: Descriptor
    var table = WatchTable()
    /// The watches of the library's own folder and of `.mainstay`.
    let root: Int32
    let store: Int32
    let device: UInt64
    var hasToldLimit = false
    var isGone = false
    var out: [WatchEvent] = []
    private let wake: WakeUp
    /// Tells of every mount and unmount: a disk that is unmounted lazily, or mounted over, tells nobody else.
    private let mounts: Descriptor

    var calls: any SystemCalls { library.calls }

    /// Watches the library's own folder and `.mainstay`.
    init(library: LibraryFolder, wake: WakeUp) throws(DiskError) {
        self.library = library
        self.wake = wake
        let calls = library.calls
        let folder = try library.folders.open(LibraryMarker.store)
        do {
            mounts = Descriptor(try calls.open(nil, "/proc/self/mountinfo", flags: O_RDONLY, mode: 0), calls)
            watch = Descriptor(try calls.openWatch(), calls)
            device = try calls.status(library.root.number).identity.device
            store = try calls.addWatch(watch.number, Self.magic(folder.number), mask: InotifyEvent.inStore)
            root = try calls.addWatch(watch.number, Self.magic(library.root.number), mask: InotifyEvent.inLibrary)
        } catch {
            throw .watch(error, library.path)
        }
        table.put(root, "", in: nil)
    }

    /// Serves until it is told to end or the library is gone.
    func run(_ deliver: ([WatchEvent]) -> Void) {
        while !isGone {
            do {
                let (ready, hasMounted) = try calls.wait([watch.number, wake.number], mounts: mounts.number)
                if ready[1] { return }
                if hasMounted, case .missing(let reason) = library.state() {
                    out.append(.libraryGone(reason: reason))
                    isGone = true
                }
                var events = try readEvents()
                // The second half of a rename follows the first at once, yet may miss this reading. A file that is
                // moved out of the library has no second half: so wait for it, but not for long.
                if Self.hasOpenRename(events), try calls.wait([watch.number], milliseconds: 20)[0] {
                    events += try readEvents()
                }
                if !isGone { handle(events) }
            } catch {
                out.append(
                    .rescanAll(
                        .fault(
                            "The watch over the library failed (\(error)); it is begun anew, and everything looked through."
                        )))
                isGone = true
            }
            deliver(takeOut())
        }
    }

    func takeOut() -> [WatchEvent] {
        defer { out = [] }
        return out
    }

    /// Names an open folder to inotify_add_watch(2), which takes no descriptor. Unlike its path, this cannot lead to
    /// another folder than the one that was opened.
    static func magic(_ folder: Int32) -> String { "/proc/self/fd/\(folder)" }

    private func readEvents() throws(Errno) -> [InotifyEvent] {
        var events: [InotifyEvent] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
        defer { buffer.deallocate() }
        // As many as the kernel queues by default; more are read in the next round.
        while events.count < 16_384 {
            do {
                let count = try calls.read(watch.number, into: buffer)
                events += InotifyEvent.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            } catch  where error == .wouldBlock {
                break
            }
        }
        return events
    }

    private static func hasOpenRename(_ events: [InotifyEvent]) -> Bool {
        var open: Set<UInt32> = []
        for event in events {
            if event.has(InotifyEvent.movedFrom) { open.insert(event.cookie) }
            if event.has(InotifyEvent.movedTo) { open.remove(event.cookie) }
        }
        return !open.isEmpty
    }
}
