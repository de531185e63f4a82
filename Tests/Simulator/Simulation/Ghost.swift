import Model
import Planning

/// A safety rule that was broken (Sources/README.md).
public struct Violation: Sendable, CustomStringConvertible {
    /// The rule: "S1" to "S10", or "end" for what must be so when all is quiet again.
    public var rule: String
    /// What is wrong, as a sentence.
    public var sentence: String

    public var description: String { "\(rule): \(sentence)" }
}

/// Knows everything, and judges every step of every honest node.
struct Ghost {
    /// A hold that was answered, as its asker may rely on it.
    struct Grant {
        var holder: Int
        var asker: Int
        var image: Int
        var nonce: Bytes32
        var run: Int
        var until: Int
        /// A person's hand, rot or a rolled-back disk took from the holder what it had promised.
        var isVoid = false
        var isUsed = false
        /// Its asker has given it back.
        var isReleased = false
        /// Of a liar that proved with what somebody else gave it, and has forgotten it.
        var isRelayed = false
    }

    /// The first rule that was broken.
    var violation: Violation?
    var grants: [Grant] = []
    /// What was given back, also before it was answered.
    var givenBack: Set<Bytes32> = []
    /// Where a person took an image away, or changed it: node and image.
    var touched: Set<Int> = []
    /// When a person or rot last took the main of an image from a node: by node and image.
    var robbed: [Int: Int] = [:]
    /// Where a person put an image: node and image.
    var placed: Set<Int> = []
    /// Images that somebody said are to be deleted.
    var deleted: Set<Int> = []
    /// The last word on each image, of all that were said.
    var words: [Int: Deletion] = [:]
    /// Nodes whose catalogue was lost or rolled back, or whose library was.
    var rolledBack: Set<Int> = []
    /// When a file came into a node's trash, and how often the node had been started then.
    var trashed: [String: (at: Int, runs: Int)] = [:]
    /// Images of which a main was lost by fate or by hand.
    var unlucky: Set<Int> = []
    /// Images that some honest node has published a main of.
    var published: Set<Int> = []
    /// Images of which a main has gone for good out of a trash.
    var purged: Set<Int> = []
    /// What each node may know of others' words.
    var hearsay = Hearsay()
    var evictions = 0
    var purges = 0

    static func key(_ node: Int, _ image: Int) -> Int { node * 10_000 + image }

    mutating func fail(_ rule: String, _ sentence: String) {
        if violation == nil { violation = Violation(rule: rule, sentence: sentence) }
    }

    // MARK: What people and fate do

    /// Something that is not the agent took the main of `image` from `node`, or may have.
    mutating func struck(_ node: Int, _ image: Int, at now: Int) {
        touched.insert(Self.key(node, image))
        robbed[Self.key(node, image)] = now
        unlucky.insert(image)
        for index in grants.indices where grants[index].holder == node && grants[index].image == image {
            grants[index].isVoid = true
        }
    }

    /// A person says that all these were removed on purpose.
    mutating func accepts(_ node: SimNode, _ rows: [OwnRow]) {
        for row in rows { touched.insert(Self.key(node.index, row.image)) }
    }

    /// The catalogue of `node`, or all of its disk, is another now.
    mutating func rolledBack(_ node: SimNode) {
        rolledBack.insert(node.index)
        hearsay.renew(node, forgetting: false)
        for index in grants.indices where grants[index].holder == node.index { grants[index].isVoid = true }
    }

    mutating func said(_ word: Deletion, _ image: Int) {
        if word.isDeleted { deleted.insert(image) }
        if word.supersedes(words[image]) { words[image] = word }
    }

    // MARK: Holds

    /// A node is about to ask for a hold.
    mutating func asks(_ node: SimNode, _ image: Int, _ house: Household) {
        // The one mistake of which it is the consequences that are to be found.
        guard house.breakage != .markAfterQuestions else { return }
        if !node.catalogue.isMarked(image) {
            fail("S3", "\(node.name) asks for a hold on image \(image) and has not marked it durably")
        }
    }

    /// A node is about to give a hold back.
    mutating func gives(_ node: SimNode, back nonce: Bytes32, _ house: Household) {
        // The one mistake of which it is the consequences that are to be found.
        guard house.breakage != .releaseBeforeRemoval else { return }
        givenBack.insert(nonce)
        for index in grants.indices where grants[index].asker == node.index && grants[index].nonce == nonce {
            grants[index].isReleased = true
            if node.catalogue.isMarked(grants[index].image), grants[index].run == node.run {
                fail("S3", "\(node.name) gives a hold on image \(grants[index].image) back, and evicts it still")
            }
        }
    }

    /// A node has ended what it was given back.
    mutating func released(_ node: SimNode, _ message: Message) {
        guard node.house.breakage != .releaseBeforeRemoval else { return }
        let relied = grants.filter {
            $0.holder == node.index && $0.asker == message.from && !$0.isReleased && !$0.isVoid && !$0.isUsed
                && node.house.now < $0.until
        }
        for grant in relied {
            let stands = node.catalogue.holds.contains { $0.peer == message.from && $0.nonce == grant.nonce }
            if !stands {
                fail("S3", "\(node.name) ends a hold on image \(grant.image) that was not given back")
            }
        }
    }

    /// A node answers that it holds, having read the file at `readAt`.
    mutating func granted(
        _ node: SimNode, _ image: Int, _ message: Message, _ nonce: Bytes32, _ seconds: Int, readAt: Int
    ) {
        // A person may take it away between the reading and the answer.
        let hasFile = node.disk.libraryHas(.main(image))
        let isRobbed = robbed[Self.key(node.index, image)].map { $0 >= readAt } == true
        let rate = node.house.nodes[message.from].rate
        grants.append(
            Grant(
                holder: node.index, asker: message.from, image: image, nonce: nonce, run: message.run,
                until: message.sentAt + seconds * 900 * 1_000_000 / rate,
                isVoid: isRobbed, isReleased: givenBack.contains(nonce)))
        if node.catalogue.isMarked(image) {
            fail("S3", "\(node.name) grants a hold on image \(image) while it evicts it")
        }
        if !hasFile, !isRobbed {
            fail("S2", "\(node.name) grants a hold on image \(image) and has no file with its bytes")
        }
        if !node.catalogue.holds.contains(where: { $0.image == image && $0.peer == message.from }) {
            fail("S3", "\(node.name) grants a hold on image \(image) that is not in its catalogue")
        }
    }

    // MARK: Each step

    /// Judges what the latest step of `node` did.
    mutating func judge(_ node: SimNode) {
        for operation in node.disk.operations {
            switch operation {
            case .renamed(let from, let to, let file): renamed(from, to, file, node)
            case .removed(let path, let file, let leave): removed(path, file, leave, node)
            case .wrote(let path, let before):
                if case .main = before.content, !path.hasSuffix(".part") {
                    fail("S1", "\(node.name) writes over the main \(path)")
                }
            }
        }
        for change in node.catalogue.changes {
            switch change {
            case .published(let row, let before): published(row, before, node)
            case .dismissed(let row):
                if !touched.contains(Self.key(node.index, row.image)) && !rolledBack.contains(node.index) {
                    fail("S6", "\(node.name) takes image \(row.image) for removed by a person, and nobody removed it")
                }
            case .word(let word): said(word, by: node)
            case .dropped: break
            }
        }
    }

    private mutating func renamed(_ from: String, _ to: String, _ file: SimFile, _ node: SimNode) {
        if from.hasSuffix(".part"), !to.hasPrefix(SimDisk.own) {
            let name = from.dropFirst((SimDisk.own + "incoming/").count).dropLast(5)
            if file.content != Int(name).map(Content.main) {
                fail("S5", "\(node.name) gives \(to) to bytes that are not those of image \(name)")
            }
            if !file.isSynced { fail("S5", "\(node.name) gives \(to) to bytes that are not synced") }
        }
        guard to.hasPrefix(SimDisk.own), !from.hasPrefix(SimDisk.own), !to.hasSuffix(".evicting") else { return }
        if to.hasPrefix(SimDisk.own + "damaged/"), case .main(let image) = file.content,
            // A catalogue of another time than the disk may know what has not rotted yet.
            node.house.pictures[image].rotOf == nil, !rolledBack.contains(node.index)
        {
            fail("S8", "\(node.name) takes \(from), which a person changed, for damaged")
        }
        switch file.content {
        case .main(let image):
            leaves(image, node, "into \(to)")
            fallthrough
        case .reduced(let image, _):
            if to.hasPrefix(SimDisk.own + "versions/") { isReplaced(image, node) }
            guard to.hasPrefix(SimDisk.own + "trash/") else { return }
            trashed["\(node.index) \(to)"] = (node.house.now, node.run)
            var origin: Int? = image
            while let known = origin, !deleted.contains(known) { origin = node.house.pictures[known].rotOf }
            if origin == nil { fail("S6", "\(node.name) trashes image \(image), which nobody deleted") }
        case .half, .mixed, .torn: break
        }
    }

    private mutating func isReplaced(_ image: Int, _ node: SimNode) {
        var origin: Int? = image
        while let known = origin, !hearsay.mayReplace(known, node.index) { origin = node.house.pictures[known].rotOf }
        if origin == nil {
            fail("S10", "\(node.name) takes image \(image) for replaced, and nobody said so that may say so there")
        }
    }

    /// A main leaves the library by the agent's own step: nobody may be relying on it (S3).
    private mutating func leaves(_ image: Int, _ node: SimNode, _ how: String) {
        guard !node.disk.libraryHas(.main(image)) else { return }
        for grant in grants where grant.holder == node.index && grant.image == image && !grant.isVoid {
            guard node.house.now < grant.until, !grant.isReleased else { continue }
            let asker = node.house.nodes[grant.asker]
            fail("S3", "\(node.name) moves image \(image) \(how) while \(asker.name) may rely on its hold")
        }
    }

    private mutating func removed(_ path: String, _ file: SimFile, _ leave: SimDisk.Leave, _ node: SimNode) {
        if case .purged(let aside) = leave { purged(path, aside, node) }
        guard case .main(let image) = file.content else { return }
        switch leave {
        // Rot may have struck between the reading and the end: what counts is the image that it was.
        case .evicted(let task, let holders): evicted(task.image, task, holders, node)
        case .purged:
            purged.insert(image)
            leaves(image, node, "out of the trash")
        case .work where path.hasSuffix(".part"): break
        case .work, .reduced, .deleted: fail("S1", "\(node.name) removes \(path), a main of image \(image)")
        }
    }

    private mutating func purged(_ path: String, _ aside: SimCatalogue.Aside, _ node: SimNode) {
        purges += 1
        if aside.cause != .deleted {
            fail("S1", "\(node.name) purges image \(aside.image), which was \(aside.cause) and not deleted")
        }
        if !node.catalogue.isDeleted(aside.image) {
            fail("S1", "\(node.name) purges image \(aside.image), which is not deleted any more")
        }
        guard let entry = trashed["\(node.index) \(path)"] else { return }
        // A clock may run two in a hundred fast, and each start may count a day that was none.
        let least = SimNode.trashTime * 97 / 100 - (node.run - entry.runs) * 86_400_000
        if node.house.now - entry.at < least {
            let days = (node.house.now - entry.at) / 86_400_000
            fail("S1", "\(node.name) purges image \(aside.image) \(days) days after it came into the trash")
        }
    }

    private mutating func published(_ row: OwnRow, _ before: OwnRow?, _ node: SimNode) {
        if let before, before.stamp == row.stamp, before.image != row.image {
            fail("S8", "\(node.name) publishes \(row.file) as another image although its stamp is the same")
        }
        isRightful(row, node)
        guard row.isMain else { return }
        published.insert(row.image)
        guard let file = node.disk.files[row.file] else { return }
        if case .main(let image) = file.content, image != row.image, file.stamp == row.stamp,
            node.house.pictures[image].rotOf == nil
        {
            fail("S5", "\(node.name) records \(row.file) as image \(row.image), and it is image \(image)")
        }
        if case .reduced(let image, _) = file.content {
            fail("S7", "\(node.name) publishes a reduced copy of image \(image) as a main")
        }
        if row.origin != nil, before == nil, file.stamp == row.stamp, !file.isFresh, !node.disk.isDurable(row.file) {
            fail("S5", "\(node.name) records \(row.file), which a crash may still undo")
        }
    }

    private mutating func said(_ word: Deletion, by node: SimNode) {
        guard let image = Names.number(word.image), let heard = Hearsay.Word(word) else { return }
        if !hearsay.mayKnow(heard, node.index) {
            if word.by != node.id || word.at >= Household.liarsTime {
                fail("S10", "\(node.name) goes by \(heard), which nobody said that may say so there")
            }
            hearsay.knows(heard, node.index)
        }
        if word.by == node.id, word.supersedes(words[image]) {
            if word.isDeleted {
                fail("S6", "\(node.name) says that image \(image) is deleted, and nobody said so")
            } else if !placed.contains(Self.key(node.index, image)) {
                fail("S6", "\(node.name) says that image \(image) was put back, and nobody did so")
            }
            said(word, image)
        }
    }

    // MARK: Eviction

    private mutating func evicted(_ image: Int, _ task: EvictionTask, _ holders: [Int], _ node: SimNode) {
        evictions += 1
        let house = node.house
        if task.run != node.run { fail("S2", "\(node.name) goes on with an eviction of an earlier run") }
        let isReducedThere: Bool =
            if case .reduced(image, _)? = node.disk.files[task.reducedFile]?.content {
                node.disk.isDurable(task.reducedFile)
            } else {
                touched.contains(Self.key(node.index, image))
            }
        if !isReducedThere { fail("S4", "\(node.name) unlinks image \(image) before its reduced copy is synced") }
        var counted = 0
        // What nobody but a liar promised that has the bytes may be gone: a person let it keep.
        if holders.allSatisfy({ $0 == house.liar }), !holders.isEmpty,
            grants.contains(where: { relies($0, image, holders[0], node) && !$0.isRelayed })
        {
            unlucky.insert(image)
        }
        for holder in holders where node.catalogue.rights[holder].contains(.keeps) {
            let peer = house.nodes[holder]
            if holder == house.liar {
                // With what the node itself gives it, it proves nothing.
                if grants.contains(where: { relies($0, image, holder, node) }) { counted += 1 }
                continue
            }
            guard
                let index = grants.firstIndex(where: { relies($0, image, holder, node) })
            else {
                fail("S2", "\(node.name) unlinks image \(image) against \(peer.name), whose hold is over or was used")
                continue
            }
            grants[index].isUsed = true
            if grants[index].isVoid {
                counted += 1
            } else if !peer.trulyHolds(image) {
                fail("S2", "\(node.name) unlinks image \(image) against \(peer.name), which does not hold it any more")
            } else if peer.catalogue.isMarked(image) {
                fail("S3", "\(node.name) unlinks image \(image) against \(peer.name), which evicts it too")
            } else if (peer.catalogue.custodyUntil(image) ?? 0) <= peer.milliseconds && peer.isUp {
                fail("S3", "\(node.name) unlinks image \(image) against \(peer.name), whose promise is over")
            } else {
                counted += 1
            }
        }
        if counted < max(node.policy.copiesMinimum, 1) {
            fail("S2", "\(node.name) unlinks image \(image) against \(counted) holders that count there")
        }
        if house.copies(of: image) == 0, !unlucky.contains(image) {
            fail("S1", "\(node.name) unlinks the last main of image \(image)")
        }
    }

    /// Whether `node` may rely on a hold at this moment.
    private func relies(_ grant: Grant, _ image: Int, _ holder: Int, _ node: SimNode) -> Bool {
        grant.holder == holder && grant.asker == node.index && grant.image == image && grant.run == node.run
            && !grant.isUsed && !grant.isReleased && node.house.now < grant.until
    }
}

extension SimNode {
    /// Whether the library has the main, in a way that outlives a crash.
    func trulyHolds(_ image: Int) -> Bool {
        disk.library.contains { disk.files[$0]?.content == .main(image) && disk.isDurable($0) }
    }
}

extension Household {
    /// How many files on honest disks have all bytes of the image.
    func copies(of image: Int) -> Int {
        nodes.reduce(0) { sum, node in
            sum + node.disk.files.reduce(0) { $0 + ($1.value.content == .main(image) ? 1 : 0) }
        }
    }
}
