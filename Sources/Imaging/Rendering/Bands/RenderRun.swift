import CTurboJPEG
import Dispatch
import Foundation
import Synchronization

/// One picture's way through the threads: decoded, developed and encoded band by band.
///
/// `@unchecked Sendable`: the reader is touched only within a `.read` action, the writer, the sink and the count of
/// bytes only within a `.write` action, of each of which ``BandSchedule`` has one at a time; a band's buffer belongs to
/// the band between its `.develop` and its `.write`; and a row of the ring is written before any band that needs it is
/// begun, and not again before all of those are finished. Every hand-over goes through `state`'s lock. All else is
/// constant.
final class RenderRun: @unchecked Sendable {
    private struct State {
        var schedule: BandSchedule
        var sleeping = 0
        var fault: (any Error)?
    }

    /// Rows of a band: whole rows of blocks in every sampling, and not many of them.
    static let bandHeight = 32

    private let source: RenderSource
    private let geometry: RenderGeometry
    private let development: Development
    private let bands: [Range<Int>]
    private let threads: Int
    private let isCancelled: @Sendable () -> Bool
    private let sink: @Sendable ([UInt8]) throws -> Void
    private let reader: BandReader
    private let writer: any RowWriter
    private var bytes: Int64 = 0

    private let ring: UnsafeMutablePointer<UInt8>
    private let ringRows: Int
    private let ringStride: Int
    /// Room for rows in four inks.
    private let inks: UnsafeMutablePointer<UInt8>
    private let output: UnsafeMutablePointer<UInt8>
    private let outputStride: Int
    private let slots: Int

    private let state: Mutex<State>
    private let changes = DispatchSemaphore(value: 0)

    init(
        source: RenderSource, geometry: RenderGeometry, development: Development, threads: Int,
        reader: consuming BandReader, writer: any RowWriter, isCancelled: @escaping @Sendable () -> Bool,
        sink: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        (self.source, self.geometry, self.development) = (source, geometry, development)
        (self.threads, self.isCancelled, self.sink) = (threads, isCancelled, sink)
        let height = geometry.height
        bands = stride(from: 0, to: height, by: Self.bandHeight).map { $0..<min($0 + Self.bandHeight, height) }
        let halo = development.sharpen?.radius ?? 0
        let needs = bands.map { band in
            let rows = max(0, band.lowerBound - halo)..<min(height, band.upperBound + halo)
            let reach = geometry.reach(x: 0..<geometry.width, y: rows).y
            let low = min(max(reach.lowerBound, 0), source.height - 1)
            return low..<min(max(reach.upperBound, low + 1), source.height)
        }
        let schedule = BandSchedule(needs: needs, threads: threads, chunk: Self.bandHeight)
        (ringRows, slots) = (min(schedule.ring, source.height), schedule.slots)
        ringStride = source.width * development.components
        outputStride = geometry.width * development.components
        ring = .allocate(capacity: ringRows * ringStride)
        inks = .allocate(capacity: reader.pixels == .cmyk ? source.width * 4 : 1)
        output = .allocate(capacity: slots * Self.bandHeight * outputStride)
        self.reader = reader
        self.writer = writer
        state = Mutex(State(schedule: schedule))
    }

    deinit {
        ring.deallocate()
        inks.deallocate()
        output.deallocate()
    }

    /// Does all of it, on this thread and on others that end before it returns.
    ///
    /// - Returns: how many bytes the sink was given.
    func run() throws -> Int64 {
        let ended = DispatchSemaphore(value: 0)
        for number in 1..<max(threads, 1) {
            let thread = Thread {
                self.work()
                ended.signal()
            }
            thread.name = "rendering-\(number)"
            thread.start()
        }
        work()
        for _ in 1..<max(threads, 1) { ended.wait() }
        if let fault = state.withLock({ $0.fault }) { throw fault }
        return bytes
    }

    private func work() {
        var developer = BandDeveloper(development, geometry, source)
        while true {
            let action = state.withLock { state -> BandSchedule.Action in
                if state.fault != nil { return .stop }
                let action = state.schedule.next()
                if action == .wait { state.sleeping += 1 }
                return action
            }
            do {
                switch action {
                case .stop:
                    wakeOthers { _ in }
                    return
                case .wait: changes.wait()
                case .read(let rows): try read(rows)
                case .develop(let band): develop(band, &developer)
                case .write(let band): try write(band)
                }
                if isCancelled() { throw CancellationError() }
            } catch {
                wakeOthers { $0.fault = $0.fault ?? error }
                return
            }
            if action != .wait { wakeOthers { $0.schedule.finish(action) } }
        }
    }

    /// Changes the state, and lets all look at it that wait.
    private func wakeOthers(_ change: (inout State) -> Void) {
        let sleeping = state.withLock { state in
            change(&state)
            defer { state.sleeping = 0 }
            return state.sleeping
        }
        for _ in 0..<sleeping { changes.signal() }
    }

    private func read(_ rows: Range<Int>) throws {
        var next = rows.lowerBound
        if reader.pixels == .cmyk {
            for row in rows {
                try reader.read(into: inks, stride: 0, count: 1)
                CMYKConversion.toRGB(inks, pixels: source.width, into: ring + row % ringRows * ringStride)
            }
            return
        }
        while next < rows.upperBound {
            // Up to the ring's end.
            let count = min(rows.upperBound - next, ringRows - next % ringRows)
            try reader.read(into: ring + next % ringRows * ringStride, stride: ringStride, count: count)
            next += count
        }
    }

    private func buffer(of band: Int) -> UnsafeMutablePointer<UInt8> {
        output + band % slots * Self.bandHeight * outputStride
    }

    private func develop(_ band: Int, _ developer: inout BandDeveloper) {
        developer.develop(
            bands[band], from: BandDeveloper.Ring(base: ring, stride: ringStride, rows: ringRows),
            into: buffer(of: band), stride: outputStride)
    }

    private func write(_ band: Int) throws {
        try writer.write(buffer(of: band), stride: outputStride, count: bands[band].count)
        if band == bands.count - 1 { try writer.finish() }
        while let piece = writer.take() {
            bytes += Int64(piece.count)
            try sink(piece)
        }
    }
}
