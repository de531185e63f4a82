import Catalogue
import Disk
import Model
import Planning

extension Placements {
    /// Places mains that were sealed: those that nothing is in the way of together, under one turn and in one
    /// transaction; the others one by one.
    ///
    /// - Returns: for each, in order, the images concerned that the planner is to be asked about again.
    func place(mains: [ReceivedMains.Main]) async -> [Result<Set<ImageID>, any Error>] {
        let results: [Int: Result<Set<ImageID>, any Error>]
        do {
            results = try await catalogue.change { turn in try await placeFree(mains, turn) }
        } catch {
            // Nothing was placed: neither the disk nor the catalogue was there to ask.
            return mains.map { _ in .failure(error) }
        }
        var all: [Result<Set<ImageID>, any Error>] = []
        for (index, main) in mains.enumerated() {
            if let result = results[index] {
                all.append(result)
                continue
            }
            do {
                let images = try await place(main: main.incoming, main.wish, from: main.label)
                all.append(.success(images.union([main.incoming.image])))
            } catch {
                all.append(.failure(error))
            }
        }
        return all
    }

    /// - Returns: what became of those that were tried, by their index.
    private func placeFree(
        _ mains: [ReceivedMains.Main], _ turn: borrowing UnderTurn
    ) async throws -> [Int: Result<Set<ImageID>, any Error>] {
        let wishes = mains.map(\.wish)
        let obstacles = try await catalogue.obstacles(to: wishes.map { ($0.info.image, $0.info.path) })
        var results: [Int: Result<Set<ImageID>, any Error>] = [:]
        for index in mains.indices where obstacles[index] == .unwanted {
            results[index] = .success([wishes[index].info.image])
        }
        var paths: Set<RelativePath> = []
        let free = mains.indices.filter {
            obstacles[$0] == nil && wishes[$0].replaces == nil && wishes[$0].supersedes == nil
                && paths.insert(wishes[$0].info.path).inserted
        }
        let unwanted = results.keys.map { mains[$0].incoming }
        let (files, shown) = try await shelf.run { library in
            for main in unwanted { main.discard() }
            let files = Placement(library: library).place(free.map { (mains[$0].incoming, wishes[$0].info.path) })
            return (files, free.map { mains[$0].incoming.shown })
        }
        var changes: [Int: OwnChange] = [:]
        for ((index, file), shown) in zip(zip(free, files), shown) {
            switch file {
            case .success(let file):
                var info = wishes[index].info
                info.bytes = file.identity.bytes
                changes[index] = .image(
                    OwnFile(
                        info: info, file: file.path, stamp: file.identity.stamp, origin: info.path, shown: shown))
            // A file that is not known yet stands there, or the disk cannot have that name: for the long way to decide.
            case .failure(let error) where error.code == .exists || error.code == .badName: continue
            case .failure(let error): results[index] = .failure(error)
            }
        }
        let recorded: Result<Set<ImageID>, any Error>
        do {
            // Nothing else was at their places, so nothing else is concerned. What edits replace may have got another name
            // while they came, and what stands at several paths is copied to the others.
            let images = try await catalogue.apply(free.compactMap { changes[$0] }, turn)
            recorded = .success(
                images.subtracting(
                    wishes.lazy.filter { $0.info.replaces.isEmpty && !$0.isOneOfSeveral }.map(\.info.image)))
        } catch {
            // They stand there, and the watch will take them over.
            recorded = .failure(error)
        }
        for index in changes.keys { results[index] = recorded }
        try? await withdrawDamage(of: changes.keys.map { wishes[$0].info.image })
        return results
    }
}
