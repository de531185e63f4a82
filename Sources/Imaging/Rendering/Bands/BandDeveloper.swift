import CTurboJPEG

/// Makes bands of a rendition's rows from the source's, tile by tile, with memory of its own. For one thread.
struct BandDeveloper: ~Copyable {
    /// Where decoded rows lie: row n at `n % rows`.
    struct Ring {
        var base: UnsafePointer<UInt8>
        var stride: Int
        var rows: Int
    }

    /// Columns of a tile whose pixels are taken as they are, row by row; of one that needs its surroundings; and of one
    /// whose pixels lie askew, which needs the more around it the longer it is. Chosen for second-level caches.
    private static let (rowWidth, tileWidth, askewWidth) = (512, 256, 128)

    private let geometry: RenderGeometry
    private let source: RenderSource
    private let development: Development
    /// Source pixels of a tile, in linear light.
    private var light = ScratchFloats()
    /// A tile's own pixels and those around it.
    private var tile = ScratchFloats()
    /// For sharpening: rows blurred across, and room for one row.
    private var blurred = ScratchFloats()
    private var plain = ScratchFloats()
    private var row = ScratchFloats()

    init(_ development: Development, _ geometry: RenderGeometry, _ source: RenderSource) {
        (self.geometry, self.source, self.development) = (geometry, source, development)
    }

    /// Makes rows `rows` of the rendition.
    mutating func develop(_ rows: Range<Int>, from ring: Ring, into target: UnsafeMutablePointer<UInt8>, stride: Int) {
        let halo = development.sharpen?.radius ?? 0
        let width = geometry.offset == nil ? Self.askewWidth : halo > 0 ? Self.tileWidth : Self.rowWidth
        let height = geometry.offset != nil && halo == 0 ? 1 : rows.count
        for top in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
            for left in Swift.stride(from: 0, to: geometry.width, by: width) {
                let x = left..<min(left + width, geometry.width)
                let y = top..<min(top + height, rows.upperBound)
                fill(x, y, halo, from: ring)
                tone(count: (x.count + 2 * halo) * (y.count + 2 * halo))
                if let sharpen = development.sharpen { self.sharpen(x.count, y.count, sharpen) }
                pack(x, y, halo, into: target + (top - rows.lowerBound) * stride, stride: stride)
            }
        }
    }

    /// Fills the tile, with `halo` pixels around it. Beyond the rendition's edge, its edge is repeated.
    private mutating func fill(_ x: Range<Int>, _ y: Range<Int>, _ halo: Int, from ring: Ring) {
        let columns = x.count + 2 * halo
        tile.reserve(4 * columns * (y.count + 2 * halo))
        // Those that are there.
        let insideX = max(0, x.lowerBound - halo)..<min(geometry.width, x.upperBound + halo)
        let insideY = max(0, y.lowerBound - halo)..<min(geometry.height, y.upperBound + halo)
        let (padLeft, padTop) = (insideX.lowerBound - (x.lowerBound - halo), insideY.lowerBound - (y.lowerBound - halo))
        let padRight = columns - padLeft - insideX.count
        let reach = geometry.reach(x: insideX, y: insideY)
        if geometry.offset == nil { lighten(reach.x, reach.y, from: ring) }
        let base = tile.base
        for (index, line) in insideY.enumerated() {
            let start = base + 4 * ((index + padTop) * columns + padLeft)
            if geometry.offset != nil {
                let row = ring.base + (reach.y.lowerBound + index) % ring.rows * ring.stride
                development.linearise(
                    row + reach.x.lowerBound * development.components, count: insideX.count, into: start)
            } else {
                interpolate(line, insideX, reach, into: start)
            }
            for pad in 1..<(padLeft + 1) { (start - 4 * pad).update(from: start, count: 4) }
            let end = start + 4 * (insideX.count - 1)
            for pad in 1..<(padRight + 1) { (end + 4 * pad).update(from: end, count: 4) }
        }
        let first = base + 4 * columns * padTop
        for pad in 0..<padTop { (base + 4 * columns * pad).update(from: first, count: 4 * columns) }
        let last = first + 4 * columns * (insideY.count - 1)
        for pad in 1..<(y.count + 2 * halo - padTop - insideY.count + 1) {
            (last + 4 * columns * pad).update(from: last, count: 4 * columns)
        }
    }

    /// Turns a part of the source into linear light. Beyond its edge, the edge is repeated.
    private mutating func lighten(_ x: Range<Int>, _ y: Range<Int>, from ring: Ring) {
        light.reserve(4 * x.count * y.count)
        let inside = x.clamped(to: 0..<source.width)
        let columns = inside.isEmpty ? (x.lowerBound < 0 ? 0..<1 : source.width - 1..<source.width) : inside
        let padLeft = max(0, min(x.count - 1, columns.lowerBound - x.lowerBound))
        let base = light.base
        for (index, line) in y.enumerated() {
            let row = ring.base + min(max(line, 0), source.height - 1) % ring.rows * ring.stride
            let start = base + 4 * (index * x.count + padLeft)
            development.linearise(
                row + columns.lowerBound * development.components, count: columns.count, into: start)
            for pad in 1..<(padLeft + 1) { (start - 4 * pad).update(from: start, count: 4) }
            let end = start + 4 * (columns.count - 1)
            for pad in 1..<(x.count - padLeft - columns.count + 1) { (end + 4 * pad).update(from: end, count: 4) }
        }
    }

    /// A row of pixels from between those of the source.
    private func interpolate(
        _ line: Int, _ x: Range<Int>, _ reach: (x: Range<Int>, y: Range<Int>), into target: UnsafeMutablePointer<Float>
    ) {
        let (column, row) = (Int64(x.lowerBound), Int64(line))
        let startX = geometry.start.x + column * geometry.across.x + row * geometry.down.x
        let startY = geometry.start.y + column * geometry.across.y + row * geometry.down.y
        Lanczos.weights.withUnsafeBufferPointer { weights in
            mainstay_resample(
                light.base, reach.x.count, startX - Int64(reach.x.lowerBound) << 32,
                startY - Int64(reach.y.lowerBound) << 32, geometry.across.x, geometry.across.y, x.count,
                weights.baseAddress, target)
        }
    }

    private mutating func tone(count: Int) {
        let needsLuminance: Int32 = development.sharpen == nil ? 0 : 1
        let pixels = tile.base
        development.withTone { mainstay_tone_row(pixels, count, $0, needsLuminance) }
    }

    private mutating func sharpen(_ width: Int, _ height: Int, _ filter: SharpenFilter) {
        let halo = filter.radius
        let columns = width + 2 * halo
        blurred.reserve(width * (height + 2 * halo))
        plain.reserve(columns)
        row.reserve(width)
        let (pixels, rows) = (tile.base, blurred.base)
        for line in 0..<height + 2 * halo {
            mainstay_blur_across(
                pixels + 4 * line * columns, width, filter.taps, Int32(halo), plain.base, rows + line * width)
        }
        for line in 0..<height {
            mainstay_sharpen(
                pixels + 4 * ((line + halo) * columns + halo), width, rows + (line + halo) * width, width, filter.taps,
                Int32(halo), filter.amount, row.base)
        }
    }

    private func pack(
        _ x: Range<Int>, _ y: Range<Int>, _ halo: Int, into target: UnsafeMutablePointer<UInt8>, stride: Int
    ) {
        let components = development.components
        for (index, line) in y.enumerated() {
            mainstay_pack(
                tile.base + 4 * ((index + halo) * (x.count + 2 * halo) + halo), x.count, Int32(components),
                UInt32(x.lowerBound), UInt32(line), target + index * stride + x.lowerBound * components)
        }
    }
}
