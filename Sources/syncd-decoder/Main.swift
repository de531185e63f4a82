import DecoderProgram

@main
struct Main {
    static func main() { runDecoder() }
}
