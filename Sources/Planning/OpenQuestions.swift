/// The questions of a state machine: each is asked once in its life, and answered once.
///
/// A machine that keeps its questions here cannot spin: it has only so many questions, and after the last of them
/// every further step is an ``Astray``.
public struct OpenQuestions<Question: Hashable & Sendable>: Sendable {
    private var open: Set<Question> = []
    private var asked: Set<Question> = []

    public init() {}

    /// Whether all that was asked is answered.
    public var isEmpty: Bool { open.isEmpty }

    /// Notes a question, before it is handed out. None but those that are asked together may be open.
    public mutating func ask(_ questions: [Question]) throws(Astray) {
        guard open.isEmpty else { throw Astray(.askedTwice, "\(open.count) open") }
        for question in questions where !asked.insert(question).inserted { throw Astray(.askedTwice, "\(question)") }
        open = Set(questions)
    }

    /// Takes in that a question was answered.
    public mutating func answer(_ question: Question) throws(Astray) {
        guard open.remove(question) != nil else { throw Astray(.notAsked, "\(question)") }
    }
}
