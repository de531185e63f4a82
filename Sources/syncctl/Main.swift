import Console

@main
struct Main {
    static func main() async { await runSyncctl() }
}
