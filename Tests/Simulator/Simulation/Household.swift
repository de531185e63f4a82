import Model
import Planning

/// A household of nodes, the wires between them, and all that a seed decides.
final class Household {
    /// What a camera put into a main.
    struct Picture {
        var bytes: Int64
        var type: ImageType
        /// The number of the image of which this one is what rot made; nil for a picture.
        var rotOf: Int?
    }

    let seed: UInt64
    let breakage: Breakage?
    let size: Int
    var dice: Dice
    /// True time, in milliseconds.
    var now = 0
    var nodes: [SimNode] = []
    var pictures: [Picture] = []
    var messages: [Message] = []
    /// Which node answers anything; nil in most households.
    var liar: Int?
    var ghost = Ghost()
    /// How long an evictor waits for the answer to its question, in seconds.
    let patience: Int
    let climate: Climate
    /// How many of a thousand messages are lost, and come twice.
    var lost = 0
    var twice = 0
    let usesLines: Bool
    private var cuts: Set<Int> = []
    private var serials = 0
    private var paths: [String: RelativePath] = [:]
    let story: Story?

    init(seed: UInt64, breakage: Breakage?, favouring: Breakage?, story: Story?) {
        self.seed = seed
        self.breakage = breakage
        self.story = story
        dice = Dice(seed: seed &* 0x2545_F491_4F6C_DD1D &+ 7)
        size = [2, 2, 3, 3, 3, 4, 4, 5, 6][dice.below(9)]
        patience = dice.chance(500) ? 60 : 900
        usesLines = dice.chance(15)
        let usual = Climate.any(&dice)
        climate = favouring?.climate ?? usual
    }

    /// Whether many hold the same few images.
    var isCrowded: Bool { climate.theme == .crowded || climate.theme == .changing }

    /// A line of the story, which is only made when somebody wants it.
    func tell(_ line: @autoclosure () -> String) {
        guard let story else { return }
        story.add(line(), at: now)
    }

    func serial() -> Int {
        serials += 1
        return serials
    }

    func nonce() -> Bytes32 { Names.bytes(UInt64(serial()) &+ seed &* 1_000_003, salt: 3) }

    func path(_ text: String) -> RelativePath {
        if let path = paths[text] { return path }
        let path = Names.path(text)
        paths[text] = path
        return path
    }

    // MARK: Pictures

    /// A new image; nil when a run has seen enough of them.
    func newPicture(rotOf image: Int? = nil) -> Int? {
        guard pictures.count < Names.most else { return nil }
        if let image {
            var picture = pictures[image]
            picture.rotOf = image
            pictures.append(picture)
        } else {
            let kind = dice.below(20)
            pictures.append(
                Picture(
                    bytes: kind == 0 ? 100_000 : Int64(3_000_000 + dice.below(1000)), type: kind == 1 ? .heic : .jpeg))
        }
        return pictures.count - 1
    }

    func info(of image: Int, at path: RelativePath) -> FileInfo {
        let picture = pictures[image]
        return FileInfo(
            path: path, image: Names.images[image], form: .main, bytes: picture.bytes, mainBytes: picture.bytes,
            type: picture.type, size: PixelSize(width: 6000, height: 4000), captured: Int64(image))
    }

    func bytes(of content: Content) -> Int64 {
        switch content {
        case .main(let image): pictures[image].bytes
        case .reduced(let image, let edge): Int64(400_000 + image + edge)
        case .half: 1
        case .mixed: 2
        case .torn: 0
        }
    }

    // MARK: Wires

    func isLinked(_ a: Int, _ b: Int) -> Bool { !cuts.contains(min(a, b) * 8 + max(a, b)) }

    func setLink(_ a: Int, _ b: Int, to isLinked: Bool) {
        if isLinked { cuts.remove(min(a, b) * 8 + max(a, b)) } else { cuts.insert(min(a, b) * 8 + max(a, b)) }
    }

    func healLinks() { cuts = [] }

    /// Sends a question.
    ///
    /// - Returns: what the answer will name.
    func send(_ request: Request, from node: SimNode, to peer: Int) -> Int {
        let message = Message(
            id: serial(), from: node.index, to: peer, run: node.run, body: .request(request), sentAt: now)
        if case .hold(let image, _, _) = request, node.index != liar { ghost.asks(node, image, self) }
        if case .release(let nonce) = request { ghost.gives(node, back: nonce, self) }
        post(message)
        return message.id
    }

    func answer(_ question: Message, _ answer: Answer) {
        ghost.answers(nodes[question.to], question.from, answer)
        post(
            Message(
                id: question.id, from: question.to, to: question.from, run: question.run, body: .answer(answer),
                sentAt: question.sentAt))
    }

    private func post(_ message: Message) {
        if lost > 0, dice.chance(lost) { return }
        messages.append(message)
        if twice > 0, dice.chance(twice) { messages.append(message) }
    }

    /// Brings a message to where it goes, if it gets there.
    func deliver(_ message: Message) {
        guard isLinked(message.from, message.to) else { return }
        let node = nodes[message.to]
        switch message.body {
        case .request(let request):
            if node.index == liar {
                lie(message, request)
            } else if node.isUp || dice.chance(500) {
                node.serve(message, request)
            }
        case .answer(let answer):
            // An answer to a question of an earlier run finds nobody who asked.
            guard node.isUp, node.run == message.run else { return }
            guard let job = node.jobs.first(where: { $0.waiting.contains { $0.id == message.id } }) else { return }
            node.answered(job, message.id, answer)
        }
    }

    /// Tells jobs that wait in vain.
    func timeOut(_ node: SimNode) {
        for job in node.jobs where job.isWaiting {
            for id in job.waiting.filter({ $0.until <= node.milliseconds }).map(\.id) { node.answered(job, id, nil) }
        }
    }
}
