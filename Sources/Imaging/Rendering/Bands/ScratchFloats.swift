/// Memory for numbers that are worked on and thrown away. What it holds is undefined after it has grown.
struct ScratchFloats: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Float>
    private var capacity: Int

    init() {
        capacity = 16
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// Makes room for this many.
    mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        base.deallocate()
        capacity = count
        base = .allocate(capacity: count)
    }
}
