/// Lets so many programs run at once, and no more.
///
/// Tests run side by side, and every program takes some ten descriptors of this process. Foundation's `Process` (6.x on
/// Linux) lists them all before it starts a program, and with some 1,300 of them reads past the end of its buffer.
actor CommandGate {
    static let shared = CommandGate(width: 32)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(width: Int) { free = width }

    func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
