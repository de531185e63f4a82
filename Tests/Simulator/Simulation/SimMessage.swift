import Model

/// What one node asks of another: the requests of the peer protocol (PeerProtocol.docc).
enum Request {
    case summary
    case digests(SequenceRange)
    case records(SequenceRange)
    case reduced(Int, edge: Int)
    /// The first or the second half of a main.
    case main(Int, half: Int)
    case hold(Int, nonce: Bytes32, seconds: Int)
    case release(nonce: Bytes32)
}

/// What is answered.
enum Answer {
    case summary(Digest, last: Model.Record.Sequence)
    case digests([Digest])
    case records([SimRecord], next: Model.Record.Sequence?)
    case reduced(Content)
    /// Half of the file with this content.
    case half(of: Content)
    /// `holderUntil`: until when by the holder's own wall clock, which nobody should go by.
    case held(proof: Bytes32, seconds: Int, holderUntil: Int)
    case refused(isPassing: Bool)
    case released
}

/// A message under way.
struct Message {
    enum Body { case request(Request), answer(Answer) }

    /// Names the question; the answer carries the same.
    var id: Int
    var from: Int
    var to: Int
    /// Which run of the asker asked: an answer to an earlier one is dropped.
    var run: Int
    var body: Body
    var sentAt: Int
}

/// What a job does next. Each step ends with one durable change at most, so that a crash can fall between any two.
indirect enum Next {
    /// Do something.
    case step(String, (SimNode) throws -> Next)
    /// The same, while no other job of the node changes the library; kept from one such step to the next.
    case locked(String, (SimNode) throws -> Next)
    /// The same, and again if the disk or the catalogue fails: what was begun on the disk must be recorded.
    case must(String, (SimNode) throws -> Next)
    /// Ask others, and go on when the function says so; it is told of each answer, nil when there was none in time.
    case ask([Inquiry], seconds: Int, (SimNode, Inquiry, Answer?) throws -> Next?)
    case over
}

/// A question to a node.
struct Inquiry {
    var peer: Int
    var request: Request
}

/// Something that a node is about.
final class Job {
    let name: String
    /// The image that it is about, for jobs of which there is one an image.
    let image: Int?
    var next: Next
    /// Questions that were not answered yet, and when their time is over in milliseconds of this run.
    var waiting: [(id: Int, inquiry: Inquiry, until: Int)] = []
    /// The eviction that it drives.
    var task: EvictionTask?
    var onAnswer: ((SimNode, Inquiry, Answer?) throws -> Next?)?

    init(_ name: String, image: Int? = nil, _ next: Next) {
        self.name = name
        self.image = image
        self.next = next
    }

    var isWaiting: Bool { onAnswer != nil }

    /// Whether something that it began on the disk is not recorded yet.
    var isBound: Bool { if case .must = next { true } else { false } }
}
