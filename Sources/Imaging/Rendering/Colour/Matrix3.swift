/// A matrix of three by three numbers, for colours.
struct Matrix3: Hashable, Sendable {
    /// Row by row.
    var rows: [[Double]]

    static let identity = Matrix3(rows: [[1, 0, 0], [0, 1, 0], [0, 0, 1]])

    static func diagonal(_ values: [Double]) -> Matrix3 {
        Matrix3(rows: [[values[0], 0, 0], [0, values[1], 0], [0, 0, values[2]]])
    }

    static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
        Matrix3(
            rows: (0..<3).map { i in (0..<3).map { j in (0..<3).reduce(0) { $0 + a.rows[i][$1] * b.rows[$1][j] } } })
    }

    static func * (a: Matrix3, v: [Double]) -> [Double] {
        a.rows.map { row in (0..<3).reduce(0) { $0 + row[$1] * v[$1] } }
    }

    /// Nil for one that has none.
    var inverse: Matrix3? {
        func minor(_ i: Int, _ j: Int) -> Double {
            let (r0, r1, c0, c1) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3)
            return rows[r0][c0] * rows[r1][c1] - rows[r0][c1] * rows[r1][c0]
        }
        let determinant = (0..<3).reduce(0) { $0 + rows[0][$1] * minor(0, $1) }
        guard determinant.magnitude > 1e-9 else { return nil }
        return Matrix3(rows: (0..<3).map { i in (0..<3).map { j in minor(j, i) / determinant } })
    }
}
