import CLinux
import DecoderProgram
import Decoding
import Glibc
import Imaging

/// Something that a decoder must not be able to do.
struct Attack {
    let name: String
    let argument: String

    func run(_ memory: inout PictureMemory) throws(DecoderFault) {
        switch name {
        case "good": try answer(&memory)
        case "read": try report(open(argument, O_RDONLY))
        case "write": try report(open(argument, O_WRONLY | O_CREAT, 0o600))
        case "list": try report(opendir(argument) == nil ? -1 : 0)
        case "look":
            var about = stat()
            try report(stat(argument, &about))
        case "remove": try report(unlink(argument))
        case "append": try report(Int32(write(4, "x", 1)))
        case "overwrite": try report(Int32(pwrite(4, "x", 1, 0)))
        case "shorten": try report(ftruncate(5, 0))
        case "connect": try report(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        case "local": try report(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        case "program":
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/true"), nil]
            try report(execve("/bin/true", &arguments, nil))
        case "fork":
            typealias Fork = @convention(c) () -> Int32
            try report(call("fork", as: Fork.self).map { $0() } ?? -1)
        case "thread":
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, { _ in nil }, nil)
            if status != 0 { errno = status }
            try report(status == 0 ? 0 : -1)
        case "code":
            let page = mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            try report(page == MAP_FAILED ? -1 : 0)
        case "unlock":
            let page = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            try report(mprotect(page, 4096, PROT_READ | PROT_EXEC))
        case "signal": try report(kill(getppid(), SIGTERM))
        case "trace": try report(attach(getppid()))
        case "limits":
            var limit = rlimit(rlim_cur: 1 << 40, rlim_max: 1 << 40)
            try report(setrlimit(__rlimit_resource_t(UInt32(RLIMIT_AS.rawValue)), &limit))
        case "spin": while true { _ = getpid() }
        case "eat":
            var eaten: [UnsafeMutableRawPointer] = []
            while let block = malloc(64 << 20) {
                memset(block, 1, 64 << 20)
                eaten.append(block)
            }
            // Room for the answer.
            free(eaten.last)
            throw DecoderFault(.damaged, "ate \(eaten.count * 64) MB")
        case "crash": abort()
        case "leave": exit(0)
        case "descriptors":
            // Beside the first four, those of the order.
            let open = (0..<1024).filter { pread($0, nil, 0, 0) != -1 || errno != EBADF }
            throw DecoderFault(.damaged, "\(open)")
        case "lie": try lie(&memory)
        default: throw DecoderFault(.damaged, "no attack")
        }
    }
}

extension Attack {
    /// What the system answered: the name of its error, or that it did what it must not do.
    private func report(_ status: Int32) throws(DecoderFault) {
        throw DecoderFault(.damaged, status == -1 ? "refused: \(String(cString: strerror(errno)))" : "succeeded")
    }

    /// A function that Swift does not let a program call.
    private func call<Function>(_ name: String, as type: Function.Type) -> Function? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }

    /// PTRACE_ATTACH
    private func attach(_ process: pid_t) -> Int32 {
        typealias Trace = @convention(c) (Int, pid_t, Int, Int) -> Int
        return Int32(call("ptrace", as: Trace.self).map { $0(16, process, 0, 0) } ?? -1)
    }

    /// A picture of 16 × 8 pixels.
    private func answer(_ memory: inout PictureMemory) throws(DecoderFault) {
        let planes = try memory.begin(PixelLayout(.rgb(.s444), width: 16, height: 8))
        for row in 0..<8 { memset(planes[0] + row * 64, 200, 48) }
        memory.finish(orientation: 1)
    }

    /// An answer that cannot be, in the place of the true one.
    private func lie(_ memory: inout PictureMemory) throws(DecoderFault) {
        try answer(&memory)
        var answer = memory.answer
        switch argument {
        case "wide": answer.layout = PixelLayout(.rgb(.s444), width: 65_535, height: 65_535)
        case "wider": answer.layout = PixelLayout(.planes(.s420), width: 4_000_000_000, height: 4_000_000_000)
        case "empty": answer.layout = PixelLayout(.planes(.s420), width: 0, height: 8)
        case "turned": answer.orientation = 9
        case "unturned": answer.orientation = 0
        case "exif": answer.exif = 4_000_000_000
        case "profile": answer.profile = 3_999_999
        case "terminal":
            answer.refusal = .damaged
            answer.text = "\u{1B}]0;mine\u{7}\u{1B}[31mred\n\u{202E}end"
        default: break
        }
        var bytes = answer.bytes
        switch argument {
        case "layout": bytes[5] = 200
        case "refusal": bytes[4] = 200
        case "short": bytes = Array(bytes.prefix(20))
        case "long": bytes += [UInt8](repeating: 65, count: 10_000)
        case "noise": bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 89) }
        default: break
        }
        _ = mainstay_send(3, bytes, bytes.count, nil, 0)
        // The next order that comes is not answered.
        while true { _ = mainstay_receive(3, &bytes, bytes.count, nil, 0, nil) }
    }
}
