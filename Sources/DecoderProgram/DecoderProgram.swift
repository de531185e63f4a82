// DecoderProgram: what syncd-decoder does: it reads pictures for the agent, where they can do no harm.
//
// Owns the walls around the process, the order in which they go up, and all use of libavcodec, libavformat,
// libswscale, libpng, libtiff and libwebp. It must never read a byte of a main before the walls are up, start a thread
// or a program, open anything, or give memory back to the agent that an earlier picture was in.
import CFFmpeg
import CLinux
import CSeccomp
package import Decoding
import Glibc
package import Imaging

/// Reads orders from the agent and answers them, until the agent is gone.
public func runDecoder() -> Never { runDecoder(decode: decodePicture) }

/// The same with another reader of pictures.
package func runDecoder(
    decode: (borrowing MainFile, DecoderOrder, inout PictureMemory) throws(DecoderFault) -> Void
) -> Never {
    guard CommandLine.arguments.count == 2, let agent = pid_t(CommandLine.arguments[1]) else {
        let usage = "syncd-decoder is started by syncd, which has it read pictures.\n"
        _ = write(2, usage, usage.utf8.count)
        exit(64)
    }
    guard mainstay_die_with_parent() == 0, getppid() == agent else { exit(1) }
    beTheFirstToGo()
    prepareLibraries()
    let walls = Walls.raise()
    while let (order, descriptors) = receive() {
        let answer = answer(order, descriptors, walls, decode)
        for descriptor in descriptors { close(descriptor) }
        let bytes = answer.bytes
        guard mainstay_send(Walls.connection, bytes, bytes.count, nil, 0) == bytes.count else { exit(1) }
    }
    exit(0)
}

/// Where memory is short, the kernel ends this process rather than the agent.
private func beTheFirstToGo() {
    let file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, "1000", 4)
    close(file)
}

/// Loads and sets up what the libraries load and set up at their first use, while that is allowed.
private func prepareLibraries() {
    av_log_set_level(AV_LOG_QUIET)
    // Large blocks go back to the system at once, so that a picture's memory is not the next one's.
    _ = mallopt(MAINSTAY_M_MMAP_THRESHOLD, 256 * 1024)
    _ = mallopt(MAINSTAY_M_TRIM_THRESHOLD, 1024 * 1024)
    _ = av_get_cpu_flags()
    // The seed of Swift's hashing.
    _ = Set([1]).hashValue
}

/// The next order; nil when the agent is gone.
private func receive() -> (DecoderOrder, [Int32])? {
    var bytes = [UInt8](repeating: 0, count: DecoderOrder.length)
    var descriptors: [Int32] = [-1, -1]
    var count: Int32 = 0
    let length = mainstay_receive(Walls.connection, &bytes, bytes.count, &descriptors, 2, &count)
    guard length == bytes.count, let order = DecoderOrder(bytes) else { return nil }
    return (order, Array(descriptors.prefix(Int(count))))
}

private func answer(
    _ order: DecoderOrder, _ descriptors: [Int32], _ walls: DecoderWalls,
    _ decode: (borrowing MainFile, DecoderOrder, inout PictureMemory) throws(DecoderFault) -> Void
) -> DecoderAnswer {
    var answer = DecoderAnswer()
    answer.walls = walls
    if order.kind == .walls { return answer }
    let missing = DecoderWalls.needed.subtracting(walls)
    guard missing.isEmpty else {
        answer.refusal = .noWall
        answer.text = missing.words.joined(separator: ", ")
        return answer
    }
    guard descriptors.count == 2 else { exit(1) }
    do throws(DecoderFault) {
        let main = try MainFile(descriptors[0], size: order.size, type: order.type)
        var memory = try PictureMemory(descriptors[1], size: order.room, limits: order.limits)
        try decode(main, order, &memory)
        answer = memory.answer
        answer.walls = walls
    } catch {
        answer.refusal = error.refusal
        answer.text = error.text
    }
    return answer
}
