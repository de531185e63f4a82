/// The one owner of an open file: closes it when it goes.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32
    let calls: any SystemCalls

    init(_ number: Int32, _ calls: any SystemCalls) {
        self.number = number
        self.calls = calls
    }

    deinit { calls.close(number) }
}
