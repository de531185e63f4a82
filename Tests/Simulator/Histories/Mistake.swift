/// A deliberate mistake in how the machines are driven: never one of Sources, which know nothing of it. Each must be found.
///
/// | mistake | what is done wrong |
/// |---|---|
/// | wordNotRaised | a person's name for a file has the generation that the one before had |
/// | agentSaysWords | what an agent renames counts as a person's word |
/// | laterNameCounts | of two names with one generation, the one that sorts last is taken |
/// | besideIsAWord | a name beside a taken one has the generation of that |
/// | oneByOne | the names of a batch are given one by one, and nothing steps aside |
/// | freedUnseen | who waits for a name is not told when it is free |
/// | editUnsaid | an edit does not say what it replaces |
/// | supersededStays | what an edit replaces is not moved out of its way |
/// | nobodyYields | an edit that was made apart keeps its name |
/// | removalUnsaid | what a person removes is not dismissed |
public enum Mistake: String, CaseIterable, Sendable {
    case wordNotRaised, agentSaysWords, laterNameCounts, besideIsAWord, oneByOne, freedUnseen
    case editUnsaid, supersededStays, nobodyYields, removalUnsaid
}

/// What is known to go wrong. It does not happen in a history, unless that is told to let it.
///
/// | fault | seed | what goes wrong |
/// |---|---|---|
/// | apartSwapped | 804 | of two edits made apart the one that stepped aside gets the name of the other, and that another: its agent has it step aside again, by an old record of the other at a machine that has not heard of it yet |
/// | overForeign | 1206 | a picture that was made at one machine is moved over another at a second one: the first follows, and does not say that it replaces the other, so whoever knows only the first keeps both |
/// | nameLost | 3492 | a link fails when of an edit only the new record has come, so that a reduced copy of it is got beside the main that it replaces: the name that somebody gave to that main is then not the name of the edit |
public enum OpenFault: String, CaseIterable, Sendable {
    case apartSwapped, overForeign, nameLost
}
