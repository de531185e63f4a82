import CTurboJPEG

/// How a rendition is encoded: as its source was.
enum Encoding {
    /// Sampling and quantisation like those of a source.
    ///
    /// Where its components become other ones, they are all quantised as finely as the finest of them, and sampled as
    /// the reduced copies are.
    ///
    /// - Parameter keepsTables: false leaves the quantisation to the quality alone.
    static func like(_ frame: JPEGFrame, _ reader: borrowing BandReader, keepsTables: Bool) -> mainstay_writing {
        var what = mainstay_writing()
        let isGrey = reader.pixels == .grey
        let keeps = reader.isYCbCr && frame.components.count == 3
        what.components = isGrey ? 1 : 3
        let isFine = Set(frame.components).count == 1
        for component in 0..<Int(what.components) {
            let sampling: (Int, Int) =
                if keeps {
                    (frame.components[component].horizontal, frame.components[component].vertical)
                } else {
                    isGrey || isFine || component > 0 ? (1, 1) : (2, 2)
                }
            let sources = keeps || isGrey ? component..<component + 1 : 0..<frame.components.count
            let tables = keepsTables ? sources.compactMap { reader.table(of: $0) } : []
            let finest = (0..<64).map { place in tables.map { $0[place] }.min() ?? 0 }
            what.set(component, horizontal: sampling.0, vertical: sampling.1, table: finest)
        }
        return what
    }
}

extension mainstay_writing {
    /// Sets one component's part; C's arrays are tuples here.
    fileprivate mutating func set(_ component: Int, horizontal: Int, vertical: Int, table: [UInt16]) {
        withUnsafeMutableBytes(of: &self.horizontal) {
            $0.bindMemory(to: Int32.self)[component] = Int32(horizontal)
        }
        withUnsafeMutableBytes(of: &self.vertical) { $0.bindMemory(to: Int32.self)[component] = Int32(vertical) }
        withUnsafeMutableBytes(of: &tables) { tables in
            let all = tables.bindMemory(to: UInt16.self)
            for (place, step) in table.enumerated() { all[64 * component + place] = step }
        }
    }
}
