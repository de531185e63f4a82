/// A deliberate mistake in how the nodes are driven: never one of Sources, which know nothing of it. Each must be found.
///
/// | breakage | breaks | what is done wrong |
/// |---|---|---|
/// | holdNotDurable | S3 | a hold is answered from memory and not written to the catalogue |
/// | holdNotRearmed | S3 | a hold's time is not begun anew when the holder starts |
/// | holdWhileEvicting | S3 | a node that is evicting an image grants a hold on it |
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
/// | lastWriterWins | S1 | of two words on deleting, the one with the later wall clock counts |
/// | holdAnsweredLate | S3 | a holder answers although reading took longer than its promise lasts |
/// | crashIsRemoval | S6 | what a crash of the machine undid is taken for removals |
/// | crashIsPutBack | S6 | a deleted image's file that a start finds is taken for put back by a person |
/// | stampTakenLater | S8 | a placed file is recorded with the stamp of what stands there later |
public enum Breakage: String, CaseIterable, Sendable {
    case holdNotDurable, holdNotRearmed, holdWhileEvicting, evictDespiteHold
    case markNotDurable, markAfterQuestions
    case proofFromAnswer, proofFromWallClock, proofByHoldersClock, proofUsedTwice, proofOverRestart
    case holdWithoutReading, holdUnsynced, evictOnMirrorsWord
    case reducedUnsynced, plansWhileEvicting
    case visibleBeforeHash, placedUnsynced, recordedBeforeFolder
    case absenceIsDeletion, emptyMountIsRemoval, setAsideWithoutIntent
    case leftoversPurged, markerIgnored, rotPublished
    case deletionDespiteHold, supersedeDespiteHold, deletionAtOnce
    case purgeByWallClock, purgeDespiteRestore, lastWriterWins, holdAnsweredLate
    case crashIsRemoval, crashIsPutBack, stampTakenLater
}
