import Foundation
public import Glibc
public import Imaging
public import Model
import Synchronization

/// Decoders to have mains read by: at most one a core, started when they are needed.
///
/// Each reads a hundred pictures at most, none after one that it failed at, and is ended when it had nothing to do for
/// half a minute, with this value, and with the agent. All calls block: they are for threads of their own.
public final class DecoderPool: PictureDecoding {
    /// What decoders may take.
    public struct Limits: Hashable, Sendable {
        /// Seconds for a picture. 200 megapixels take two on one core of 2020.
        public var seconds = 60.0
        /// Pictures that one decoder reads.
        public var pictures = 100
        /// Seconds without work after which it is ended.
        public var rest = 30.0

        public init() {}
    }

    private let crew: DecoderCrew
    /// Whether its program works on this machine, as far as is known.
    private let isUsable = Mutex(true)
    private let limits: Limits

    /// A pool that starts no program yet.
    ///
    /// - Parameters:
    ///   - program: the path of syncd-decoder; nil for that beside the running program.
    ///   - workers: decoders at the same time; nil for one a core.
    public init(program: String? = nil, workers: Int? = nil, limits: Limits = Limits()) {
        self.limits = limits
        crew = DecoderCrew(
            path: program ?? Self.standardProgram,
            most: max(1, workers ?? ProcessInfo.processInfo.activeProcessorCount), rest: .seconds(limits.rest))
    }

    deinit { crew.shutdown() }

    /// Where the program is installed: beside this one.
    public static var standardProgram: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "syncd-decoder").path
    }

    /// The program, where it is installed.
    public static var installed: String? {
        let program = standardProgram
        return access(program, X_OK) == 0 ? program : nil
    }

    private static let types: Set<ImageType> = [
        .png, .webp, .tiff, .gif, .bmp, .jpegXL, .heic, .avif, .mp4, .mov, .threeGP, .matroska, .avi, .mpeg, .wmv,
    ]

    public func reads(_ type: ImageType) -> Bool { Self.types.contains(type) && isUsable.withLock { $0 } }

    /// Ends all decoders that are not at work, and all later calls with `.shutDown`.
    public func shutdown() { crew.shutdown() }

    /// The processes that wait for work now.
    public var idle: [pid_t] { crew.idle }

    public func decode(
        _ main: Span<UInt8>, _ type: ImageType, edge: Int, limits: ImagingLimits
    ) throws(ImagingError) -> DecodedPicture {
        let file = try MemoryFile(main)
        return try decode(file.descriptor, main.count, type, edge, limits)
    }

    public func decode(
        _ main: any OpenMain, _ type: ImageType, edge: Int, limits: ImagingLimits
    ) throws(ImagingError) -> DecodedPicture {
        var about = stat()
        guard fstat(main.descriptor, &about) == 0, about.st_mode & S_IFMT == S_IFREG,
            fcntl(main.descriptor, F_GETFL) & O_ACCMODE == O_RDONLY
        else { throw .notAnImage("cannot be read") }
        return try decode(main.descriptor, Int(about.st_size), type, edge, limits)
    }

    /// Which walls hold around a decoder of this machine. Where it does not start, or one that is needed is missing, no type
    /// is read from then on, until this is asked again.
    public func walls() throws(ImagingError) -> DecoderWalls {
        do throws(ImagingError) {
            let walls = try askForWalls()
            isUsable.withLock { $0 = walls.isSuperset(of: .needed) }
            return walls
        } catch {
            isUsable.withLock { $0 = false }
            throw error
        }
    }

    private func askForWalls() throws(ImagingError) -> DecoderWalls {
        let process = try crew.take()
        do {
            let answer = try process.ask(DecoderOrder(.walls), [], seconds: limits.seconds)
            crew.giveBack(process)
            return answer.walls
        } catch {
            crew.giveBack(nil)
            throw .damaged("its decoder does not answer")
        }
    }

    private func decode(
        _ descriptor: Int32, _ size: Int, _ type: ImageType, _ edge: Int, _ limits: ImagingLimits
    ) throws(ImagingError) -> DecodedPicture {
        let memory = try SharedMemory(size: PixelLayout.room(edge: edge, limits: limits))
        let order = DecoderOrder(.decode, type: type, size: size, edge: edge, room: memory.size, limits: limits)
        let descriptors = [descriptor, memory.descriptor]
        if let picture = try ask(order, descriptors, memory, isFresh: false) { return picture }
        guard let picture = try ask(order, descriptors, memory, isFresh: true) else {
            throw .damaged("the decoder broke down over it")
        }
        return picture
    }

    /// The picture; nil where the decoder ended without an answer, and may have been brought down by a picture before this
    /// one.
    private func ask(
        _ order: DecoderOrder, _ descriptors: [Int32], _ memory: borrowing SharedMemory, isFresh: Bool
    ) throws(ImagingError) -> DecodedPicture? {
        let process: DecoderProcess
        do throws(ImagingError) {
            process = try crew.take(isFresh: isFresh)
        } catch {
            guard case .noDecoder = error.code else { throw error }
            throw .noDecoder(order.type)
        }
        // One that failed is not asked again, whoever was at fault.
        var next: DecoderProcess?
        defer { crew.giveBack(next) }
        let wasFresh = process.asked == 0
        let answer: DecoderAnswer
        do throws(DecoderProcess.Failure) {
            answer = try process.ask(order, descriptors, seconds: limits.seconds)
        } catch {
            switch error {
            case .ended where !wasFresh, .killed where !wasFresh: return nil
            case .killed: throw .noMemory("the decoder was killed")
            case .ended: throw .damaged("the decoder broke down over it")
            case .late: throw .overLimit("needed more than \(Int(limits.seconds)) seconds to be decoded")
            }
        }
        let picture = try DecodedPicture(answer, order, memory)
        if process.asked < limits.pictures { next = process }
        return picture
    }
}
