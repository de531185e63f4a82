import Hummingbird
import Model

/// Mains to here, mains from here, deleting and re-reading: the requests that name images or folders in a body.
extension ControlRoutes {
    func moving(_ router: Router<Context>) {
        router.post("v1/fetch") { request, _ in
            let wanted = try await body(ControlRequest.Named.self, of: request)
            let paths = try await mains(wanted.paths)
            return stream(request) { node.fetch(paths, alone: wanted.alone ?? false) }
        }
        router.post("v1/evict") { request, _ in
            var wanted = try await body(EvictRequest.self, of: request)
            if let days = wanted.olderThanDays, days < 0 {
                throw ControlFailure(.usage, "'olderThanDays' is a number of days, not \(days).")
            }
            wanted.paths = try await mains(wanted.paths)
            return stream(request) { [wanted] in node.evict(wanted) }
        }
        router.post("v1/free") { request, _ in
            let wanted = try await body(ControlRequest.Free.self, of: request)
            guard wanted.bytes > 0 else {
                throw ControlFailure(.usage, "'bytes' is how much to free, not \(wanted.bytes).")
            }
            return stream(request) { node.free(bytes: wanted.bytes, dryRun: wanted.dryRun) }
        }
        router.post("v1/verify") { request, _ in
            var wanted = try await body(VerifyRequest.self, of: request)
            wanted.paths = try await mains(wanted.paths)
            return stream(request) { [wanted] in node.verify(wanted) }
        }
    }

    func deleting(_ router: Router<Context>) {
        router.post("v1/delete") { request, _ in
            var wanted = try await body(DeleteRequest.self, of: request)
            wanted.paths = try await mains(wanted.paths)
            // Elsewhere none stands for everything, and that must never be deleted for a list that came out empty.
            guard !wanted.paths.isEmpty else {
                throw ControlFailure(.usage, "Nothing is named: name the images or folders to delete.")
            }
            return stream(request) { [wanted] in node.delete(wanted) }
        }
        router.get("v1/trash") { _, _ in try await list { try await node.trash() } }
        router.post("v1/trash/empty") { request, _ in
            let paths = try await body(ControlRequest.Paths.self, of: request).paths
            return try await object { try await node.emptyTrash(try await inTrash(paths)) }
        }
        router.post("v1/restore") { request, _ in
            let wanted = try await body(ControlRequest.Restore.self, of: request)
            return try await list { try await restore(wanted) }
        }
        router.post("v1/dismiss") { request, _ in
            let wanted = try await body(ControlRequest.Named.self, of: request)
            let paths = try await mains(wanted.paths)
            guard !paths.isEmpty else {
                throw ControlFailure(.usage, "Nothing is named: name the images or folders to dismiss.")
            }
            return try await list { try await node.dismiss(paths, alone: wanted.alone ?? false) }
        }
    }

    /// The name of a reduced copy's file stands for its main, unless the node knows the name itself.
    func mains(_ paths: [RelativePath]) async throws -> [RelativePath] {
        try await stoppable {
            var mains: [RelativePath] = []
            for path in paths {
                guard let main = path.mainOfReduced else {
                    mains.append(path)
                    continue
                }
                do {
                    _ = try await node.why(path)
                    mains.append(path)
                } catch let failure as ControlFailure where failure.code == .notFound {
                    mains.append(main)
                }
            }
            return mains
        }
    }

    private func inTrash(_ paths: [RelativePath]) async throws -> [RelativePath] {
        guard paths.contains(where: { $0.mainOfReduced != nil }) else { return paths }
        let known = Set(try await node.trash().map(\.path))
        return paths.map { known.contains($0) ? $0 : $0.mainOfReduced ?? $0 }
    }

    private func restore(_ wanted: ControlRequest.Restore) async throws -> [RestoreLine] {
        let (deleted, alone) = (wanted.deleted ?? false, wanted.alone ?? false)
        var lines: [RestoreLine] = []
        for line in try await node.restore(wanted.paths, deleted: deleted, alone: alone) {
            if line.outcome == .unknown, let main = line.path.mainOfReduced {
                lines += try await node.restore([main], deleted: deleted, alone: alone)
            } else {
                lines.append(line)
            }
        }
        return lines
    }
}
