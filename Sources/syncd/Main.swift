import Startup

@main
struct Main {
    static func main() async { await runSyncd() }
}
