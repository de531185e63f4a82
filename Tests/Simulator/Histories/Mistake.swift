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
