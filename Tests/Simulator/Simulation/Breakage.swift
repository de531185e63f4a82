/// A deliberate mistake in how the nodes are driven: never one of Sources, which know nothing of it. Each must be found.
///
/// | breakage | breaks | what is done wrong |
/// |---|---|---|
/// | holdNotDurable | S3 | a hold is answered from memory and not written to the catalogue |
/// | holdNotRearmed | S3 | a hold's time is not begun anew when the holder starts |
/// | holdWhileEvicting | S3 | a node that is evicting an image grants a hold on it |
/// | holdWhileLeaving | S3 | a main is promised that is on its way into the versions |
/// | evictDespiteHold | S3 | a node evicts what it promised to hold |
/// | markNotDurable | S3 | the evicting mark is kept in memory |
/// | markAfterQuestions | S3 | the evicting mark is written when the answers are there |
/// | proofFromAnswer | S2 | a hold's time is counted from when its answer came |
/// | proofFromWallClock | S2 | a hold's time is counted by the evictor's wall clock |
/// | proofByHoldersClock | S2 | the evictor believes until when the holder's clock says that it holds |
/// | proofUsedTwice | S2 | a proof that was not needed serves the next eviction |
/// | proofOverRestart | S2 | an eviction goes on where it was after a restart |
/// | holdWithoutReading | S2 | a holder answers from its catalogue, without reading the file |
/// | holdUnsynced | S2 | a holder answers although the file it read may only be in its machine's memory |
/// | servesWhileEvicting | S2 | a main that is being evicted is given to a peer, which proves with it that it has it |
/// | countsAnybody | S2 | a peer is asked to prove that nobody let keep |
/// | evictOnMirrorsWord | S2 | what mirrors say of mains and reduced copies is taken for proof |
/// | reducedUnsynced | S4 | the main goes before its reduced copy is synced |
/// | plansWhileEvicting | S4 | the reduced copy beside a main that is being evicted is tidied away |
/// | visibleBeforeHash | S5 | a received main gets its name before its hash is compared |
/// | placedUnsynced | S5 | a received main gets its name before its bytes are synced |
/// | recordedBeforeFolder | S5 | a received main is recorded before its folder is synced |
/// | absenceIsDeletion | S6 | a record that vanished from a mirror is taken for a deletion |
/// | emptyMountIsRemoval | S6 | an empty folder where the library was is taken for removals |
/// | setAsideWithoutIntent | S6 | a file goes into the trash before the catalogue says that it will |
/// | leftoversPurged | S1 | what an eviction left behind is removed when no mark tells of it |
/// | markerIgnored | S7 | a reduced copy found by a scan is published as a main |
/// | rotPublished | S8 | content that differs under an unchanged stamp is published |
/// | deletionDespiteHold | S3 | a deleted main goes into the trash although a peer relies on it |
/// | supersedeDespiteHold | S3 | a replaced main goes into the versions although a peer relies on it |
/// | deletionAtOnce | S1 | a deleted main is removed instead of going into the trash |
/// | purgeByWallClock | S1 | thirty days in the trash are counted by the wall clock |
/// | purgeDespiteRestore | S1 | a file whose image is not deleted any more is purged |
/// | purgeDecidedEarlier | S1 | whether a file may be purged is not looked at again in the step that removes it |
/// | putBackPurges | S1 | what lies in the trash goes when a person puts the same picture back |
/// | lastWriterWins | S1 | of two words on deleting, the one with the later wall clock counts |
/// | releaseBeforeRemoval | S3 | an evictor gives its holds back before its main has gone |
/// | releaseEndsAll | S3 | a hold that is given back ends the others of that node as well |
/// | holdAnsweredLate | S3 | a holder answers although reading took longer than its promise lasts |
/// | crashIsRemoval | S6 | what a crash of the machine undid is taken for removals |
/// | crashIsPutBack | S6 | a deleted image's file that a start finds is taken for put back by a person |
/// | stampTakenLater | S5 | a placed file is recorded with the stamp of what stands there later |
/// | wordsWithoutSpeaks | S10 | the words of a peer count that may not speak |
/// | recordsWithoutShares | S10 | the images of a peer come that may not share |
/// | mirrorKept | S10 | what a peer said counts on when it may not speak any more |
/// | answersUnseen | S10 | a peer that may see nothing is answered like any other |
/// | rightsNotLookedAtAgain | S2 | whose copies count is looked at before the questions, and not when the main goes |
/// | versionsPurged | S1 | a replaced main is removed from the versions after its time in the trash |
public enum Breakage: String, CaseIterable, Sendable {
    case holdNotDurable, holdNotRearmed, holdWhileEvicting, holdWhileLeaving, evictDespiteHold
    case markNotDurable, markAfterQuestions
    case proofFromAnswer, proofFromWallClock, proofByHoldersClock, proofUsedTwice, proofOverRestart
    case holdWithoutReading, holdUnsynced, evictOnMirrorsWord, servesWhileEvicting, countsAnybody
    case reducedUnsynced, plansWhileEvicting
    case visibleBeforeHash, placedUnsynced, recordedBeforeFolder
    case absenceIsDeletion, emptyMountIsRemoval, setAsideWithoutIntent
    case leftoversPurged, markerIgnored, rotPublished
    case deletionDespiteHold, supersedeDespiteHold, deletionAtOnce
    case purgeByWallClock, purgeDespiteRestore, purgeDecidedEarlier, putBackPurges, lastWriterWins, holdAnsweredLate
    case releaseBeforeRemoval, releaseEndsAll
    case crashIsRemoval, crashIsPutBack, stampTakenLater
    case wordsWithoutSpeaks, recordsWithoutShares, mirrorKept, answersUnseen, rightsNotLookedAtAgain, versionsPurged
}

extension Breakage {
    /// What a household is like in which the mistake does not take long to show: nil when any will do.
    var climate: Climate? {
        switch self {
        case .holdWhileLeaving, .supersedeDespiteHold: Climate(theme: .changing, slowness: 985, trust: .full)
        case .releaseBeforeRemoval, .releaseEndsAll: Climate(theme: .crowded, slowness: 850, trust: .full)
        case .holdNotRearmed, .holdNotDurable, .proofFromWallClock: Climate(theme: .crowded, slowness: 0, trust: .full)
        case .purgeDecidedEarlier: Climate(theme: .trashy, slowness: 985, trust: .full)
        case .versionsPurged: Climate(theme: .trashy, slowness: 0, trust: .full)
        case .mirrorKept: Climate(theme: .changing, slowness: 850, trust: .fickle)
        default: nil
        }
    }
}

/// What decides how often the rare things happen in a household.
struct Climate {
    enum Theme {
        /// A bit of everything.
        case plain
        /// Few images that many hold, and people who want room: where holds and evictions meet.
        case crowded
        /// The same, and people who change them in place.
        case changing
        /// People who delete and restore, and months that pass.
        case trashy
    }

    enum Trust {
        /// All of the household's own machines keep and speak, and nobody changes their mind.
        case full
        /// Some may less, and people now and then say something else.
        case mixed
        /// The same, and people say something else all the time.
        case fickle
    }

    /// What its people are about.
    var theme: Theme
    /// How often of a thousand a step on a library waits for the disk while all else goes on.
    var slowness: Int
    /// What its people let machines do. A liar may whatever the dice say.
    var trust: Trust

    static func any(_ dice: inout Dice) -> Climate {
        let themes: [Theme] = [.crowded, .crowded, .crowded, .changing, .changing, .trashy, .plain, .plain, .plain]
        let trusts: [Trust] = [.full, .full, .full, .full, .mixed, .mixed, .mixed, .mixed, .mixed, .fickle]
        return Climate(
            theme: themes[dice.below(themes.count)], slowness: [0, 0, 0, 850, 985][dice.below(5)],
            trust: trusts[dice.below(trusts.count)])
    }
}
