import Catalogue
import Control
import Model
import Planning

/// What belongs together by its names, a folder at a time: the names of each are asked for once.
struct FolderGroups {
    private struct Folder {
        /// By the path of each file in it.
        var groups: [RelativePath: FileGroup] = [:]
        var gone: Set<RelativePath> = []
    }

    private let catalogue: CatalogueDatabase
    private let withGone: Bool
    private var folders: [String: Folder] = [:]

    /// - Parameter withGone: whether what was deleted, or is not wanted here any more, is a part too.
    init(_ catalogue: CatalogueDatabase, withGone: Bool = false) {
        (self.catalogue, self.withGone) = (catalogue, withGone)
    }

    /// The group that the image at this path is in.
    mutating func group(of path: RelativePath) async throws -> FileGroup? {
        let folder = try await folder(of: path)
        return folder.groups[path]
    }

    /// What belongs to the image at this path, where that stands for a group; none for any other part of one.
    mutating func parts(of lead: RelativePath) async throws -> [FileGroup.Part] {
        guard let group = try await group(of: lead), group.lead.path == lead else { return [] }
        return group.parts
    }

    /// Whether the image at this path was deleted, or is not wanted here any more.
    mutating func isGone(_ path: RelativePath) async throws -> Bool {
        let folder = try await folder(of: path)
        return folder.gone.contains(path)
    }

    /// Forgets the folders in which nothing comes behind `path` in the order of paths.
    mutating func forget(before path: RelativePath) {
        folders = folders.filter { $0.key.isEmpty || path.isWithin($0.key) }
    }

    private mutating func folder(of path: RelativePath) async throws -> Folder {
        let name = path.folder ?? ""
        if let known = folders[name] { return known }
        var folder = Folder()
        var names = try await catalogue.paths(in: name)
        if withGone {
            folder.gone = try await catalogue.gonePaths(in: name)
            names.formUnion(folder.gone)
        }
        // What is gone together belongs together, whatever has come in its place.
        for group in FileGroup.groups(among: folder.gone) + FileGroup.groups(among: names) {
            for path in group.paths where folder.groups[path] == nil { folder.groups[path] = group }
        }
        folders[name] = folder
        return folder
    }
}

/// What a person means by naming images.
extension MainsService {
    /// An image that was named, or that belongs to one which was.
    typealias Member = (path: RelativePath, image: ImageID, isPart: Bool)

    /// The images that paths name, of a folder all below it, and what belongs to those that stand for a group. A line for
    /// each path that names none.
    ///
    /// - Parameter alone: whether a person wants nothing but what they named.
    func members(of paths: [RelativePath], alone: Bool, _ tally: inout Tally) async throws -> [Member] {
        let named = try await images(at: paths, &tally)
        guard !alone else { return named.map { ($0.path, $0.image, false) } }
        // The name of a reduced copy's file stands for its image.
        let asked = Set(paths + paths.compactMap(\.mainOfReduced))
        var seen = Set(named.map(\.image))
        var groups = FolderGroups(catalogue)
        var members: [Member] = []
        for (path, image) in named {
            members.append((path, image, false))
            guard asked.contains(path) else { continue }
            for part in try await groups.parts(of: path) {
                let images = try await catalogue.images(at: part.path)
                for image in images where seen.insert(image).inserted {
                    members.append((part.path, image, true))
                    tally.parts[image] = ImageOutcome.Part(of: path, kind: part.kind)
                }
            }
        }
        return members
    }
}
