// A decoder that was taken over: behind the same walls as syncd-decoder, it tries what its "picture" tells it to. What a
// call that should be stopped gave, it answers as the fault of the picture, so that a test sees it.
import CLinux
import DecoderProgram
import Decoding
import Glibc

@main
struct Main {
    static func main() {
        runDecoder { main, order, memory throws(DecoderFault) in
            let text = main.withBytes { String(decoding: $0.withUnsafeBytes { Array($0) }, as: UTF8.self) }
            let words = text.split(separator: " ").map(String.init)
            try Attack(name: words.first ?? "", argument: words.count > 1 ? words[1] : "").run(&memory)
        }
    }
}
