import GRDB

extension CatalogueError {
    /// Turns what SQLite says into the fault and its remedy. Codes: https://sqlite.org/rescode.html
    init(_ error: any Error, path: String) {
        if let already = error as? CatalogueError {
            self = already
            return
        }
        guard let database = error as? DatabaseError else {
            self.init(
                code: .other, message: "The catalogue \(path) could not be used: \(error).", path: path, cause: error)
            return
        }
        switch database.resultCode {
        case .SQLITE_FULL:
            self.init(
                code: .disk,
                message: "The disk of \(path) is full; free some space there and Mainstay goes on by itself.",
                path: path, cause: error)
        case .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self.init(
                code: .disk,
                message: "The catalogue \(path) cannot be read or written (\(database.message ?? "I/O error")); "
                    + "check the disk and the folder's owner and permissions.",
                path: path, cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                code: .damaged,
                message: "The catalogue \(path) is damaged; move it away and start again: the library is scanned anew, "
                    + "no photo is touched, and the peers have to be paired again.",
                path: path, cause: error)
        default:
            self.init(
                code: .other, message: "The catalogue \(path) could not be used: \(database.message ?? "\(error)").",
                path: path, cause: error)
        }
    }
}
